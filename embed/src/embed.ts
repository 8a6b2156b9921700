/** Entry of embed.js. */

import { installation } from './installation';
import { start } from './start';

start(installation());

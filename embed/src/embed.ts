/** Entry of embed.js. */

import { commentsElement } from './element';
import { installation } from './installation';

// A page may carry the script twice, for instance from a template and by hand.
if (!customElements.get('parlour-comments')) {
  customElements.define('parlour-comments', commentsElement(installation()));
}

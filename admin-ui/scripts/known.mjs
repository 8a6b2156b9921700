// Writes what the API's document knows as values beside its types: bounds, defaults and choices of settings, kinds of changes.
// `parlour openapi --json | node scripts/known.mjs > src/api/known.ts`
import { readFileSync } from 'node:fs';

const { components } = JSON.parse(readFileSync(0, 'utf8'));
const { SiteSettings, SettingSection, AuditChange, WebhookEvent, WebhookFormat } = components.schemas;

const settings = Object.fromEntries(
  Object.entries(SiteSettings.properties).map(([name, schema]) => [
    name,
    {
      default: schema.default,
      ...(schema.minimum === undefined ? {} : { min: schema.minimum, max: schema.maximum }),
      ...(schema.maxLength === undefined ? {} : { longest: schema.maxLength }),
      ...(schema.maxItems === undefined ? {} : { most: schema.maxItems }),
      ...(schema.enum === undefined ? {} : { choices: schema.enum }),
      ...(schema.items?.maxLength === undefined ? {} : { longestEntry: schema.items.maxLength }),
      ...(schema.items?.enum === undefined ? {} : { choices: schema.items.enum }),
    },
  ]),
);

const constant = (name, about, value) =>
  `/** ${about} */\nexport const ${name} = ${JSON.stringify(value, undefined, 2)} as const;\n`;

process.stdout.write(
  [
    '/**\n * This file was written by scripts/known.mjs from openapi.yaml.\n * Do not make direct changes to the file.\n */\n',
    constant('SETTINGS', 'What the settings of a site take, and what they are at first.', settings),
    constant('SECTIONS', 'Parts of the settings.', SettingSection.enum),
    constant('CHANGES', 'Kinds of changes in a record.', AuditChange.enum),
    constant('WEBHOOK_EVENTS', 'What a webhook can be told of.', WebhookEvent.enum),
    constant('WEBHOOK_FORMATS', 'In whose form.', WebhookFormat.enum),
  ].join('\n'),
);

/**
 * What Adaptive Cards 1.4 demand of the elements that are used here, and what the workflow demands around them, as JSON
 * Schema in a form of our own: https://adaptivecards.io/explorer/
 */
import { Ajv, type AnySchema } from 'ajv';

const text = { type: 'string' };
const yesNo = { type: 'boolean' };
const oneOf = (...values: string[]) => ({ enum: values });
const listOf = (...names: string[]) => ({
  type: 'array',
  items: { anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) },
});

/** An object of that type with these properties and no other; a name with a `!` behind it must be there. */
function object(type: string | null, properties: Record<string, AnySchema>): AnySchema {
  const named = Object.entries(properties).map(([name, schema]) => [name.replace('!', ''), schema] as const);
  const required = Object.keys(properties)
    .filter((name) => name.endsWith('!'))
    .map((name) => name.slice(0, -1));
  return {
    type: 'object',
    properties: { ...Object.fromEntries(named), ...(type !== null && { type: { const: type } }) },
    required: type === null ? required : ['type', ...required],
    additionalProperties: false,
  };
}

const spacing = oneOf('default', 'none', 'small', 'medium', 'large', 'extraLarge', 'padding');
const ofEveryElement = { spacing, separator: yesNo, id: text, isVisible: yesNo, height: oneOf('auto', 'stretch') };

const $defs = {
  TextBlock: object('TextBlock', {
    ...ofEveryElement,
    'text!': { type: 'string', minLength: 1 },
    color: oneOf('default', 'dark', 'light', 'accent', 'good', 'warning', 'attention'),
    fontType: oneOf('default', 'monospace'),
    horizontalAlignment: oneOf('left', 'center', 'right'),
    isSubtle: yesNo,
    maxLines: { type: 'number' },
    size: oneOf('default', 'small', 'medium', 'large', 'extraLarge'),
    weight: oneOf('default', 'lighter', 'bolder'),
    wrap: yesNo,
  }),
  Fact: object(null, { 'title!': text, 'value!': text }),
  FactSet: object('FactSet', { ...ofEveryElement, 'facts!': listOf('Fact') }),
  Container: object('Container', {
    ...ofEveryElement,
    'items!': listOf('TextBlock', 'FactSet', 'Container'),
    style: oneOf('default', 'emphasis', 'good', 'attention', 'warning', 'accent'),
    bleed: yesNo,
    minHeight: text,
    verticalContentAlignment: oneOf('top', 'center', 'bottom'),
  }),
  OpenUrl: object('Action.OpenUrl', {
    'url!': { type: 'string', pattern: '^https?://' },
    title: text,
    iconUrl: text,
    style: oneOf('default', 'positive', 'destructive'),
  }),
  Card: object('AdaptiveCard', {
    'version!': { const: '1.4' },
    $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
    'body!': { ...listOf('TextBlock', 'FactSet', 'Container'), minItems: 1 },
    actions: listOf('OpenUrl'),
    fallbackText: text,
    msteams: object(null, { width: { const: 'Full' } }),
  }),
  Attachment: object(null, {
    'contentType!': { const: 'application/vnd.microsoft.card.adaptive' },
    'contentUrl!': { type: 'null' },
    'content!': { $ref: '#/$defs/Card' },
  }),
};

const validate = new Ajv({ allErrors: true }).compile({
  ...(object('message', {
    'attachments!': { type: 'array', minItems: 1, maxItems: 1, items: { $ref: '#/$defs/Attachment' } },
  }) as object),
  $defs,
});

/** What is wrong with the body of a request to a workflow; empty when nothing is. */
export function cardErrors(body: unknown): string[] {
  return validate(body) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

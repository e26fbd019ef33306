import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const DOCUMENTS = [
  ...(['status', 'incidents', 'show', 'providers', 'provider-count', 'detect', 'list', 'event'] as const),
  ...(['channels', 'groups', 'mutes', 'log', 'outbox'] as const),
] as const;
export type SchemaName = (typeof DOCUMENTS)[number];

/** What is wrong with a document by the schema of that name; empty when nothing is. */
export function validate(name: SchemaName, document: unknown): string[] {
  const check = validator(name);
  return check(document) ? [] : (check.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message}`);
}

export function readSchema(name: SchemaName | 'model'): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../src/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
}

let ajv: Ajv2020 | null = null;

function validator(name: SchemaName): ValidateFunction {
  ajv ??= new Ajv2020({
    strict: true,
    allErrors: true,
    schemas: ['model' as const, ...DOCUMENTS].map(readSchema),
  });
  return ajv.getSchema(`urn:pingoru:schema:1:${name}`)!;
}

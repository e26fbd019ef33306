/** Secrets out of what is shown. */

// Hosts whose addresses are themselves the password.
const WEBHOOKS =
  /(https?:\/\/(?:hooks\.slack\.com|(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks|[\w.-]+\.(?:logic\.azure\.com|powerplatform\.com|powerautomate\.com|webhook\.office\.com))(?::\d+)?)\/[^\s"'<>]*/gi;
const USER_INFORMATION = /:\/\/[^\s/?#"'<>]*@/g;
const TOKENS = /([?&](?:sig|token|access_token|key|api_?key|secret|password)=)[^&\s"'<>]+/gi;

/**
 * Takes the given secrets out of texts, in any form an error shows them: as they are, percent-encoded, and for an address
 * its path and query. User information and webhook addresses go as well, known or not.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of forms) clean = clean.replaceAll(form, '***');
    return clean.replace(WEBHOOKS, '$1/***').replace(USER_INFORMATION, '://***@').replace(TOKENS, '$1***');
  };
}

/** One text without these secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  return redactor(secrets)(text);
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const forms = [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)];
  if (!/^https?:/i.test(secret) || !URL.canParse(secret)) return forms;
  const url = new URL(secret);
  const words = [...url.pathname.split('/'), ...url.searchParams.values()];
  const parts = [url.pathname + url.search, url.pathname, url.search, ...words];
  return [...forms, url.href, ...parts.filter((part) => part.length >= 8)];
}

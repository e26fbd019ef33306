/**
 * The hosts whose pages are a platform's, whatever they answer. They stand apart from the platforms so that a page is found
 * by its address before any of their code is loaded.
 */
export const HOSTS = {
  'incident-io': /^statuspage\.incident\.io\.?$/i,
  statuspage: /(?:^(?!www\.|api\.|manage\.)[^.]+\.statuspage\.io|\.status\.atlassian\.com|\.stspg-customer\.com)\.?$/i,
  instatus: /^(?!(?:www|api|app|dashboard|help|lang|og-image|status)\.)[^.]+\.instatus\.com\.?$/i,
  'status-io': /^(?!(?:www|api|app|kb|static|image|help|status-api)\.)[^.]+\.status\.io\.?$/i,
  statuscast: /^(?!(?:www|app|help|api)\.)[a-z0-9-]+\.(?:status\.page|statuscast\.com)\.?$/i,
  'better-stack': /\.betteruptime\.com\.?$/i,
  sorry: /^(?!(?:www|api|ro-api|app|docs|help|code|status)\.)[^.]+\.sorryapp\.com\.?$/i,
  statuspal: /^(?!(?:www|api|app|admin|assets|cdn|docs|status)\.)([a-z0-9-]+)\.statuspal\.(io|eu)\.?$/i,
  freshstatus: /^(?!(?:www|api|public-api)\.)[a-z0-9-]+\.freshstatus\.io\.?$/i,
  uptimerobot: /^(?:stats|psp-lb\d*)\.uptimerobot\.com\.?$/i,
  hund: /^(?!(?:www|api|app|blog|help|docs)\.)[a-z0-9-]+\.hund\.io\.?$/i,
  openstatus: /^(?!(?:www|api|app|docs|status)\.)[^.]+\.openstatus\.dev\.?$/i,
  hyperping: /\.hyperping\.app\.?$/i,
  aws: /^(?:health|status|phd)\.aws\.amazon\.com\.?$/i,
  'google-cloud': /^status\.(?:cloud|play|search)\.google\.com\.?$/i,
  azure: /^(?:(?:rssfeed\.)?azure\.status\.microsoft|status\.azure\.com|azurestatuscdn\.azureedge\.net)\.?$/i,
  'azure-devops': /^status\.dev\.azure\.com\.?$/i,
  'microsoft-365': /^(?:status\.cloud\.microsoft|status\.office(?:365)?\.com)\.?$/i,
  'salesforce-trust': /^(?:api\.)?status\.salesforce\.com\.?$/i,
  slack: /^(?:(?:www\.)?slack-status\.com|status\.slack\.com)\.?$/i,
  heroku: /^status\.heroku\.com\.?$/i,
  meta: /^(?:www\.)?metastatus\.com\.?$/i,
  paypal: /^(?:www\.)?paypal-status\.com\.?$/i,
  adobe: /^(?:data\.)?status\.adobe\.com\.?$/i,
  'oracle-cloud': /^ocistatus\.oraclecloud\.com\.?$/i,
  zendesk: /^status\.zendesk\.com\.?$/i,
  algolia: /^status\.algolia\.com\.?$/i,
  auth0: /^status\.auth0\.com\.?$/i,
} satisfies Readonly<Record<string, RegExp>>;

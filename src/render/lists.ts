/** All lists for people, as one: what some of them shared would be a file of its own to open at every start. */
export { renderChannels } from './channels.ts';
export { groupLines } from './group-lines.ts';
export { renderGroups, renderJudged } from './groups.ts';
export { renderLog, renderOwed } from './log.ts';
export { renderMutes } from './mutes.ts';
export { renderIncidentList, renderProviders, renderStatusTable } from './table.ts';

/** Azure's regions, as its status page calls them (https://learn.microsoft.com/azure/reliability/regions-list). Part of the azure source. */

/** The feed names only what is in trouble, so a region must be known beforehand to be called well. */
export const REGIONS: readonly string[] = [
  ...['Global', 'Central US', 'East US', 'East US 2', 'North Central US', 'South Central US', 'West Central US'],
  ...['West US', 'West US 2', 'West US 3', 'Canada Central', 'Canada East', 'Mexico Central', 'Brazil South'],
  ...['Brazil Southeast', 'Chile Central', 'North Europe', 'West Europe', 'Austria East', 'Belgium Central'],
  ...['Denmark East', 'France Central', 'France South', 'Germany North', 'Germany West Central', 'Italy North'],
  ...['Norway East', 'Norway West', 'Poland Central', 'Spain Central', 'Sweden Central', 'Sweden South'],
  ...['Switzerland North', 'Switzerland West', 'UK South', 'UK West', 'Israel Central', 'Qatar Central'],
  ...['UAE Central', 'UAE North', 'South Africa North', 'South Africa West', 'East Asia', 'Southeast Asia'],
  ...['Australia Central', 'Australia Central 2', 'Australia East', 'Australia Southeast', 'Central India'],
  ...['South India', 'West India', 'Indonesia Central', 'Japan East', 'Japan West', 'Korea Central', 'Korea South'],
  ...['Malaysia West', 'New Zealand North'],
];
const LONGEST_FIRST = [...REGIONS].sort((a, b) => b.length - a.length);

/** The regions that a line of text names: of `East US 2` not also `East US`. */
export function regionsIn(line: string): string[] {
  let rest = ` ${line.replace(/[^\p{L}\p{N}]+/gu, ' ')} `.toLowerCase();
  return LONGEST_FIRST.filter((region) => {
    const name = ` ${region.toLowerCase()} `;
    const named = region !== 'Global' && rest.includes(name);
    if (named) rest = rest.replaceAll(name, ' | ');
    return named;
  });
}

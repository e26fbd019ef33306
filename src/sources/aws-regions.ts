/** AWS's regions by what their codes are called on its dashboard. Part of the aws source. */

/**
 * The dashboard names only what is in trouble, so a region must be known beforehand to be called well. One that is newer
 * than this list is there as soon as an event touches it.
 */
export const REGIONS: ReadonlyMap<string, string> = new Map([
  ['global', 'Global'],
  ['us-east-1', 'N. Virginia'],
  ['us-east-2', 'Ohio'],
  ['us-west-1', 'N. California'],
  ['us-west-2', 'Oregon'],
  ['us-gov-east-1', 'AWS GovCloud US-East'],
  ['us-gov-west-1', 'AWS GovCloud US-West'],
  ['ca-central-1', 'Montreal'],
  ['ca-west-1', 'Calgary'],
  ['mx-central-1', 'Mexico'],
  ['sa-east-1', 'Sao Paulo'],
  ['eu-central-1', 'Frankfurt'],
  ['eu-central-2', 'Zurich'],
  ['eu-north-1', 'Stockholm'],
  ['eu-south-1', 'Milan'],
  ['eu-south-2', 'Spain'],
  ['eu-west-1', 'Ireland'],
  ['eu-west-2', 'London'],
  ['eu-west-3', 'Paris'],
  ['af-south-1', 'Cape Town'],
  ['il-central-1', 'Tel Aviv'],
  ['me-central-1', 'UAE'],
  ['me-south-1', 'Bahrain'],
  ['ap-east-1', 'Hong Kong'],
  ['ap-east-2', 'Taipei'],
  ['ap-northeast-1', 'Tokyo'],
  ['ap-northeast-2', 'Seoul'],
  ['ap-northeast-3', 'Osaka'],
  ['ap-south-1', 'Mumbai'],
  ['ap-south-2', 'Hyderabad'],
  ['ap-southeast-1', 'Singapore'],
  ['ap-southeast-2', 'Sydney'],
  ['ap-southeast-3', 'Jakarta'],
  ['ap-southeast-4', 'Melbourne'],
  ['ap-southeast-5', 'Malaysia'],
  ['ap-southeast-6', 'New Zealand'],
  ['ap-southeast-7', 'Thailand'],
]);

const CODE =
  /(?:^|[-:])((?:eusc-de|[a-z]{2}(?:-gov|-isob?)?)-(?:central|(?:north|south)(?:east|west)?|east|west)-\d{1,2})$/;

/** The region that the key of a service (`ec2-us-east-1`) ends in; `global` when it names none. */
export function regionIn(key: string): string {
  return CODE.exec(key)?.[1] ?? 'global';
}

/** `N. Virginia (us-east-1)`; a region we do not know yet goes by the name given. */
export function regionLabel(code: string, given: string | null = null): string {
  const name = REGIONS.get(code) ?? given;
  return name === null || code === 'global' ? (name ?? code) : `${name} (${code})`;
}

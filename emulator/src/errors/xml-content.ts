/** What an element holds: text, child elements by name, or several elements of one name. `undefined` leaves the element out. */
export type XmlValue = string | number | boolean | undefined | XmlContent | readonly XmlValue[];
export interface XmlContent {
  readonly [element: string]: XmlValue;
}

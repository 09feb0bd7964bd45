import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Takes a value as it is. An empty one, of a shell's variable that is not set, would stand for something else. */
export function notEmpty(value: string): string {
  if (value === "") throw new InvalidArgumentError("It can't be empty.");
  return value;
}

/** Collects the values of an option that may be repeated. */
export const repeatable = (value: string, values: string[] | undefined) => [
  ...(values ?? []),
  notEmpty(value),
];

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

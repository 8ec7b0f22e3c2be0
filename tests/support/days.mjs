// Days as people in London see them: the product's "today" is London's, not this machine's.

const PARTS = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", year: "numeric", month: "numeric", day: "numeric" });

export class Day {
  constructor(utc) {
    this.utc = utc;
  }

  plus(days) {
    return new Day(this.utc + days * 86_400_000);
  }

  get day() {
    return String(new Date(this.utc).getUTCDate());
  }

  get month() {
    return String(new Date(this.utc).getUTCMonth() + 1);
  }

  get year() {
    return String(new Date(this.utc).getUTCFullYear());
  }

  // "21 November 2026", as the pages write it.
  get words() {
    return new Date(this.utc).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });
  }
}

export function today() {
  const part = Object.fromEntries(PARTS.formatToParts(new Date()).map(({ type, value }) => [type, Number(value)]));
  return new Day(Date.UTC(part.year, part.month - 1, part.day));
}

export const inDays = (days) => today().plus(days);
export const daysAgo = (days) => today().plus(-days);

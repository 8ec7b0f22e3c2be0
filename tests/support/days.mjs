// Days as people in London see them: the product's "today" is London's, not this machine's.

import { readFileSync } from "node:fs";

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

// The bank holidays of England and Wales, from the table that ships.
const TABLE = JSON.parse(readFileSync(new URL("../../domain/content/bank-holidays.json", import.meta.url), "utf8"));
const HOLIDAYS = new Set(TABLE["england-and-wales"].events.map(({ date }) => date));

// What goes out by itself now: on working days what is urgent from eight to six, and digests from half past eight. A minute beside each
// of these is left to chance.
export function goingOut() {
  const time = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" });
  if (!isWorking(today()) || time < "07:59" || time > "18:00") return "nothing";
  return time >= "08:31" && time < "17:59" ? "digests" : "only what is urgent";
}

const isWorking = ({ utc }) => ![0, 6].includes(new Date(utc).getUTCDay()) && !HOLIDAYS.has(new Date(utc).toISOString().slice(0, 10));

// The first working day that comes after so many days.
export function nextWorkingDay(days = 1) {
  let day = inDays(days);
  while (!isWorking(day)) day = day.plus(1);
  return day;
}

// Half past nine on that day: for `--at`.
export function workingMorning(days = 1) {
  const day = nextWorkingDay(days);
  return `${new Date(day.utc).toISOString().slice(0, 10)}T09:30:00Z`;
}

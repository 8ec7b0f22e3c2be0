// Plain requests, for what a browser would not send: no redirect is followed, no header is added.

import http from "node:http";

// ask(address, { method, headers, cookies, fields, body }): { status, location, headers, cookies, text, bytes }
export function ask(address, { method = "GET", headers = {}, cookies = {}, fields, body } = {}) {
  const content = fields === undefined ? body : new URLSearchParams(fields).toString();
  const all = { ...headers };
  const jar = Object.entries(cookies);
  if (jar.length > 0) all.cookie = jar.map(([name, value]) => `${name}=${value}`).join("; ");
  if (fields !== undefined) all["content-type"] ??= "application/x-www-form-urlencoded";
  if (content !== undefined) all["content-length"] ??= Buffer.byteLength(content);
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = http.request(address, { method, headers: all }, (response) => {
      answered = true;
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      const finish = () =>
        resolve({
          status: response.statusCode,
          location: response.headers.location,
          headers: response.headers,
          cookies: cookiesOf(response.headers["set-cookie"] ?? []),
          text: Buffer.concat(chunks).toString("utf8"),
          bytes: Buffer.concat(chunks),
        });
      response.on("end", finish);
      response.on("error", finish);
    });
    request.setTimeout(30_000, () => request.destroy(new Error(`no answer in 30 seconds: ${method} ${address}`)));
    // A server that refuses a large body may close the connection while it is still being sent.
    request.on("error", (error) => answered || reject(error));
    request.end(content);
  });
}

function cookiesOf(lines) {
  return Object.fromEntries(
    lines.map((line) => {
      const pair = line.split(";")[0];
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

// The first form of a page that posts to `action` (any, if none is named): its hidden fields, as [name, value] pairs.
export function hiddenFields(html, action) {
  for (const [form] of html.matchAll(/<form\b[^]*?<\/form>/gi)) {
    const opening = form.slice(0, form.indexOf(">") + 1);
    if (attribute(opening, "method")?.toLowerCase() !== "post") continue;
    if (action !== undefined && (attribute(opening, "action") || action) !== action) continue;
    return [...form.matchAll(/<input\b[^>]*>/gi)]
      .map(([tag]) => tag)
      .filter((tag) => attribute(tag, "type") === "hidden")
      .map((tag) => [attribute(tag, "name"), attribute(tag, "value") ?? ""]);
  }
  throw new Error(`no form that posts${action ? ` to ${action}` : ""} in the page: ${titleOf(html)}`);
}

function attribute(tag, name) {
  const found = new RegExp(`\\s${name}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+)))?(?=[\\s/>])`, "i").exec(tag);
  return found ? decode(found[1] ?? found[2] ?? found[3] ?? "") : undefined;
}

const SIGNS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

export function decode(html) {
  return html.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return SIGNS[name.toLowerCase()] ?? all;
  });
}

export const titleOf = (html) => decode(/<title>([^]*?)<\/title>/i.exec(html)?.[1] ?? "");

// What a page says in its main part, without tags.
export function mainTextOf(html) {
  const main = /<main\b[^]*?<\/main>/i.exec(html)?.[0] ?? html;
  return decode(main.replace(/<(script|style)\b[^]*?<\/\1>/gi, " ").replace(/<!--[^]*?-->/g, "").replace(/<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

// Every address that a page links to, with the words of the link.
export function linksOf(html) {
  return [...html.matchAll(/<a\b[^>]*>[^]*?<\/a>/gi)].map(([link]) => ({
    to: attribute(link.slice(0, link.indexOf(">") + 1), "href"),
    words: mainTextOf(link),
  }));
}

// The rows of every table, as { text, links }.
export function rowsOf(html) {
  return [...html.matchAll(/<tr\b[^]*?<\/tr>/gi)].map(([row]) => ({ text: mainTextOf(row), links: linksOf(row) }));
}

// Somebody who is signed in, without a browser.
export class Caller {
  constructor(baseUrl) {
    this.baseUrl = baseUrl;
    this.cookies = {};
  }

  async signsIn(email, password) {
    const form = await this.gets("/sign-in");
    const answer = await this.posts("/sign-in", [...hiddenFields(form.text, "/sign-in"), ["email", email], ["password", password]]);
    if (answer.status !== 303) throw new Error(`${email} could not sign in: ${answer.status} ${mainTextOf(answer.text)}`);
    return this;
  }

  gets(path) {
    return this.#sends(path, {});
  }

  posts(path, fields, headers = { origin: this.baseUrl }) {
    return this.#sends(path, { method: "POST", fields, headers });
  }

  // The target of the first link on a page whose words (or target) fit.
  async finds(page, fits) {
    const answer = await this.gets(page);
    const link = linksOf(answer.text).find(({ to, words }) => fits(words, to ?? ""));
    if (!link) throw new Error(`no such link on ${page} (${answer.status} ${titleOf(answer.text)})`);
    return link.to;
  }

  async #sends(path, options) {
    const answer = await ask(this.baseUrl + path, { ...options, cookies: this.cookies });
    Object.assign(this.cookies, answer.cookies);
    return answer;
  }
}

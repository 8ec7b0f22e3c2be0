// A real SMTP server on loopback, which keeps what it receives.

import { rmSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { makeCertificate } from "./certificate.mjs";
import { freePort } from "./server.mjs";

// startMail({ encryption, refuses, port }): `encryption` is "starttls", "tls" or "none"; `refuses` is an SMTP code with
// which every recipient is refused, for example 451 (try later) or 550 (never).
export async function startMail({ encryption = "starttls", refuses, port } = {}) {
  const certificate = makeCertificate();
  const inbox = new Inbox(encryption, port ?? (await freePort()), certificate);
  inbox.refuses = refuses;
  await inbox.open();
  return inbox;
}

const SCHEMES = { starttls: "smtp", tls: "smtps", none: "smtp+plain" };

class Inbox {
  #server;

  constructor(encryption, port, certificate) {
    this.encryption = encryption;
    this.port = port;
    this.certificate = certificate;
    // What was received: { from, to, encrypted, mail } with `mail` as mailparser reads it.
    this.received = [];
    // How many recipients were refused.
    this.refused = 0;
  }

  // The environment variables that send the product's mail here.
  get settings() {
    return {
      FRESH_EYES_SMTP: `${SCHEMES[this.encryption]}://localhost:${this.port}`,
      FRESH_EYES_SMTP_CA: this.certificate.authority,
      FRESH_EYES_MAIL_FROM: "Fresh Eyes <fresh-eyes@example.org>",
    };
  }

  open() {
    const inbox = this;
    this.#server = new SMTPServer({
      secure: this.encryption === "tls",
      disabledCommands: this.encryption === "none" ? ["AUTH", "STARTTLS"] : ["AUTH"],
      key: this.certificate.key,
      cert: this.certificate.cert,
      logger: false,
      onMailFrom(_address, session, done) {
        const bare = inbox.encryption === "starttls" && !session.secure;
        done(bare ? Object.assign(new Error("Must issue a STARTTLS command first"), { responseCode: 530 }) : undefined);
      },
      onRcptTo(_address, _session, done) {
        if (!inbox.refuses) return done();
        inbox.refused += 1;
        done(Object.assign(new Error("Not today"), { responseCode: inbox.refuses }));
      },
      onData(stream, session, done) {
        simpleParser(stream).then((mail) => {
          const { mailFrom, rcptTo } = session.envelope;
          inbox.received.push({ from: mailFrom.address, to: rcptTo.map(({ address }) => address), encrypted: session.secure, mail });
          done();
        }, done);
      },
    });
    // A client that breaks off is what some tests are about.
    this.#server.on("error", () => {});
    return new Promise((resolve, reject) => {
      this.#server.server.once("error", reject);
      this.#server.listen(this.port, "127.0.0.1", resolve);
    });
  }

  // Nobody answers any more, at this port; open() answers again.
  shut() {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async stop() {
    await this.shut();
    rmSync(this.certificate.folder, { recursive: true, force: true });
  }
}

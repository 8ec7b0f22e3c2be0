// Three mail servers by three makers, each of which can be told to go wrong. They keep what they take as it came over the
// wire: start({ fault }) gives { settings, taken(), stop() }, and `taken` is a list of { to, encrypted, raw }.
//
// A fault is one of
//   { refuses: "address" }   this recipient is refused for good
//   { answers: 451 }         what it says after the text of a mail, instead of 250
//   { hangs: true }          it says nothing at all after the text
//   { drops: true }          it says 250, and the line goes dead
//   { bare: true }           it offers no encryption

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PYTHON } from "./python.mjs";
import { promisify } from "node:util";
import { SMTPServer } from "smtp-server";
import { makeCertificate } from "./certificate.mjs";
import { freePort } from "./server.mjs";

const run = promisify(execFile);

function settingsFor(port, certificate) {
  return {
    FRESH_EYES_SMTP: `smtp://localhost:${port}`,
    FRESH_EYES_SMTP_CA: certificate.authority,
    FRESH_EYES_MAIL_FROM: "Fresh Eyes <fresh-eyes@example.org>",
  };
}

function answer(code, words) {
  return Object.assign(new Error(words), { responseCode: code });
}

// smtp-server, from npm.
async function startSmtpServer(port, certificate, fault) {
  const taken = [];
  const server = new SMTPServer({
    disabledCommands: fault.bare ? ["AUTH", "STARTTLS"] : ["AUTH"],
    key: certificate.key,
    cert: certificate.cert,
    logger: false,
    onRcptTo({ address }, _session, done) {
      done(address === fault.refuses ? answer(550, "Nobody of that name here") : undefined);
    },
    async onData(stream, session, done) {
      const pieces = [];
      for await (const piece of stream) pieces.push(piece);
      if (fault.hangs) return;
      if (fault.answers) return done(answer(fault.answers, "Not today"));
      taken.push({ to: session.envelope.rcptTo.map(({ address }) => address), encrypted: session.secure, raw: Buffer.concat(pieces).toString() });
      done();
      if (fault.drops) setImmediate(() => server.connections.forEach((connection) => connection._socket.destroySoon()));
    },
  });
  server.on("error", () => {});
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const stop = () => {
    server.connections.forEach((connection) => connection._socket.destroy());
    return new Promise((resolve) => server.close(resolve));
  };
  return { taken: async () => taken, stop };
}

// aiosmtpd, from PyPI; bin/test puts it into .tools/python.

async function startAiosmtpd(port, certificate, fault) {
  const words = [fileURLToPath(new URL("aiosmtpd_server.py", import.meta.url)), "--port", String(port)];
  if (!fault.bare) words.push("--certificate", certificate.certFile, "--key", certificate.keyFile);
  if (fault.refuses) words.push("--refuses", fault.refuses);
  if (fault.answers) words.push("--answers", String(fault.answers));
  if (fault.hangs) words.push("--hangs");
  if (fault.drops) words.push("--drops");
  const child = spawn(PYTHON, words, { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const taken = [];
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`aiosmtpd ended with ${code}`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const { ready, raw, ...facts } = JSON.parse(line);
      if (ready) resolve();
      else taken.push({ ...facts, raw: Buffer.from(raw, "base64").toString() });
    });
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  // What it has printed and we have not read yet comes within a moment.
  return { taken: () => sleep(200).then(() => taken), stop };
}

// Postfix, as Debian ships it, with a configuration and a queue of its own. It has to be started as root.
const postfixIsThere = process.getuid?.() === 0;

async function startPostfix(port, certificate, fault) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fresh-eyes-postfix-"));
  const at = (name) => path.join(folder, name);
  const nobody = Number((await run("id", ["-u", "nobody"])).stdout);
  const group = Number((await run("id", ["-g", "nobody"])).stdout);
  await chmod(folder, 0o755);
  for (const name of ["etc", "queue", "data", "mail", "mail/inbox"]) await mkdir(at(name));
  await Promise.all(["mail", "mail/inbox"].map((name) => chown(at(name), nobody, group)));
  const owner = Number((await run("id", ["-u", "postfix"])).stdout);
  await chown(at("data"), owner, -1);
  const after = fault.hangs ? "sleep 30, reject" : fault.answers ? `check_client_access static:{${fault.answers} Not today}` : "";
  const refused = fault.refuses ? `check_recipient_access inline:{{${fault.refuses} = 550 Nobody of that name here}}, ` : "";
  await writeFile(
    at("etc/main.cf"),
    `compatibility_level = 3.6
queue_directory = ${at("queue")}
data_directory = ${at("data")}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
multi_instance_name = postfix-fresh-eyes-${port}
maillog_file = ${at("data/log")}
maillog_file_prefixes = ${folder}
myhostname = localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${at("mail")}
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:${nobody}
virtual_gid_maps = static:${group}
virtual_minimum_uid = 1
smtpd_tls_security_level = ${fault.bare ? "none" : "may"}
smtpd_tls_cert_file = ${certificate.certFile}
smtpd_tls_key_file = ${certificate.keyFile}
smtpd_tls_received_header = yes
smtpd_delay_reject = yes
smtpd_recipient_restrictions = ${refused}permit_mynetworks, reject
smtpd_end_of_data_restrictions = ${after}
smtpd_error_sleep_time = 0
`,
  );
  const services = ["cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce", "proxymap unix - - n - - proxymap", "error unix - - n - - error", "retry unix - - n - - error", "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil", "postlog unix-dgram n - n - 1 postlogd"];
  await writeFile(at("etc/master.cf"), [`127.0.0.1:${port} inet n - n - - smtpd`, ...services, ""].join("\n"));
  await run("postfix", ["-c", at("etc"), "start"]);
  await untilItAnswers(port);
  const inbox = async () => {
    const mails = [];
    for (const part of ["new", "cur"]) {
      const names = await readdir(at(`mail/inbox/${part}`)).catch(() => []);
      for (const name of names) mails.push(await readFile(at(`mail/inbox/${part}/${name}`), "utf8"));
    }
    return mails.map((text) => ({ to: [...text.matchAll(/^Delivered-To: (.*)$/gm)].map(([, to]) => to), encrypted: /using TLS/.test(text), raw: withoutTrace(text) }));
  };
  // Its queue is empty once all that it has taken lies in the inbox.
  const taken = async () => {
    for (;;) {
      const { stdout } = await run("find", ["incoming", "active", "deferred", "maildrop"].map((part) => at(`queue/${part}`)).concat("-type", "f"));
      if (!stdout.trim()) return inbox();
      await sleep(50);
    }
  };
  const stop = async () => {
    await run("postfix", ["-c", at("etc"), "abort"]).catch(() => {});
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { taken, stop };
}

// The mail as it was handed over: without what Postfix has written above it.
function withoutTrace(text) {
  return text.slice(text.indexOf("\nFrom: ") + 1);
}

async function untilItAnswers(port) {
  for (let tries = 0; tries < 200; tries += 1) {
    const answered = await new Promise((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("data", () => resolve(true)).once("error", () => resolve(false));
      setTimeout(() => resolve(false), 1000).unref();
      socket.once("close", () => resolve(false));
    });
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`nobody answers at port ${port}`);
}

export const MAIL_SERVERS = [
  { name: "smtp-server", start: startSmtpServer, drops: true },
  { name: "aiosmtpd", start: startAiosmtpd, drops: true },
  // It cannot be made to hang up after it has said 250.
  { name: "Postfix", start: startPostfix, drops: false, isMissing: !postfixIsThere && "Postfix has to be started as root" },
];

// A post office: one port and one certificate, behind which a mail server is shut, mended and opened again.
export async function openPostOffice({ start }, fault = {}) {
  const certificate = makeCertificate();
  const port = await freePort();
  const taken = [];
  let server = await start(port, certificate, fault);
  const shut = async () => {
    taken.push(...(await server.taken()));
    await server.stop();
  };
  return {
    settings: settingsFor(port, certificate),
    // Everything taken so far, by every server that stood here.
    taken: async () => [...taken, ...(await server.taken())],
    mend: async () => {
      await shut();
      server = await start(port, certificate, {});
    },
    close: async () => {
      await server.stop();
      await rm(certificate.folder, { recursive: true, force: true });
    },
  };
}

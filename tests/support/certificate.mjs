// A certificate for mail servers on loopback.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

// An authority and a certificate for 127.0.0.1 that it has signed, made for this run alone.
export function makeCertificate() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fresh-eyes-mail-"));
  const at = (name) => path.join(folder, name);
  const openssl = (...words) => execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2", "-subj", "/CN=Fresh Eyes test authority");
  openssl("req", ...key, "-keyout", at("server.key"), "-out", at("server.csr"), "-subj", "/CN=localhost");
  writeFileSync(at("server.ext"), "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl(
    ...["x509", "-req", "-in", at("server.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
    ...["-days", "2", "-extfile", at("server.ext"), "-out", at("server.pem")],
  );
  return { folder, authority: at("ca.pem"), keyFile: at("server.key"), certFile: at("server.pem"), key: readFileSync(at("server.key")), cert: readFileSync(at("server.pem")) };
}

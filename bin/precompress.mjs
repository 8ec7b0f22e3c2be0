// Writes FILE.br and FILE.gz beside every script, style sheet and WASM file in a folder: node bin/precompress.mjs dist
// The server sends these as they are, so the slow, best setting costs nothing later.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
if (!folder) {
  console.error("Stopped: say which folder, for example: node bin/precompress.mjs dist");
  process.exit(1);
}

for (const name of readdirSync(folder, { recursive: true }).sort()) {
  if (!/\.(js|css|wasm)$/.test(name)) continue;
  const bytes = readFileSync(join(folder, name));
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: name.endsWith(".wasm") ? constants.BROTLI_MODE_GENERIC : constants.BROTLI_MODE_TEXT,
    },
  });
  writeFileSync(join(folder, `${name}.br`), brotli);
  writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  console.error(`  ${name}: ${kilobytes(bytes)} kB, ${kilobytes(brotli)} kB over the wire`);
}

function kilobytes(bytes) {
  return (bytes.length / 1000).toFixed(1);
}

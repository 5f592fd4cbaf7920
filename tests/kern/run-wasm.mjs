// SPDX-License-Identifier: Apache-2.0
//
// node run-wasm.mjs TEST.wasm [seed]: runs a kernel test built for wasm32-wasi.
import { WASI } from 'node:wasi'; import { readFile } from 'node:fs/promises';
const w = new WASI({version:'preview1', args: process.argv.slice(2), returnOnExit: true});
const m = await WebAssembly.compile(await readFile(process.argv[2]));
const i = await WebAssembly.instantiate(m, {wasi_snapshot_preview1: w.wasiImport});
process.exitCode = w.start(i);

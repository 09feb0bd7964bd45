/** A way to install the package and to write the program, outside this repository. */
export interface Layout {
  title: string;
  /** The project's files; PROVIDER, CLI, POLICY and EMULATOR stand for the tarballs, SDK for the version of Pulumi's. */
  files: Record<string, string>;
  /** Commands that make it ready, each as npm would find it. */
  install: string[];
}

const declare = `new BucketEncryption("logs", { bucket: "logs", sseAlgorithm: "AES256" });\n`;
const commonJs = `const { BucketEncryption } = require("pulumi-oss-encryption");\n${declare}`;
const typeScript = `import { BucketEncryption } from "pulumi-oss-encryption";\n${declare}`;

const entries = `import type { OssClient } from "pulumi-oss-encryption/oss";
import { provider } from "pulumi-oss-encryption/dynamic";
export type Client = OssClient;
export const started = provider();
`;

const dependencies = { "@pulumi/pulumi": "SDK", "pulumi-oss-encryption": "file:PROVIDER" };
const compiler = { typescript: "5.9.3", "@types/node": "^20.19.0" };
const manifest = (more: object = {}) =>
  JSON.stringify({ name: "program", private: true, dependencies, ...more });
const tsconfig = (more: object) =>
  JSON.stringify({
    compilerOptions: { strict: true, skipLibCheck: false, target: "es2022", types: ["node"], ...more },
  });

const npm = "npm install --no-audit --no-fund --prefer-offline";
const pnpm = "npm exec --yes --package pnpm@10.34.9 -- pnpm install";
const yarn = "npm exec --yes --package @yarnpkg/cli-dist@4.9.4 -- yarn install --no-immutable";

export const layouts: Layout[] = [
  {
    title: "npm, plain JavaScript",
    files: { "package.json": manifest({ main: "index.js" }), "index.js": commonJs },
    install: [npm],
  },
  {
    title: "npm, TypeScript",
    files: {
      "package.json": manifest({ devDependencies: compiler }),
      "index.ts": typeScript,
      "tsconfig.json": tsconfig({ module: "node16" }),
    },
    install: [npm, "npx tsc --noEmit"],
  },
  {
    title: "npm, TypeScript as ES modules",
    files: {
      // What Pulumi reads TypeScript with by itself knows CommonJS only on Node.js 20.
      "Pulumi.yaml":
        'name: project\nruntime: { name: nodejs, options: { typescript: false, nodeargs: "--import tsx" } }\n',
      "package.json": manifest({
        type: "module",
        main: "index.ts",
        devDependencies: { ...compiler, tsx: "^4.23.15" },
      }),
      "index.ts": typeScript,
      "tsconfig.json": tsconfig({ module: "nodenext" }),
    },
    install: [npm, "npx tsc --noEmit"],
  },
  {
    title: "npm, compiled ahead, with the compiler settings of Pulumi's own template",
    files: {
      "Pulumi.yaml":
        "name: project\nruntime: { name: nodejs, options: { typescript: false } }\nmain: build/\n",
      "package.json": manifest({ devDependencies: compiler }),
      "index.ts": typeScript,
      // Type declarations of every entry are read, without esModuleInterop, and with no look at "exports".
      "entries.ts": entries,
      "tsconfig.json": tsconfig({ module: "commonjs", moduleResolution: "node", outDir: "build" }),
    },
    install: [npm, "npx tsc"],
  },
  {
    title: "npm workspaces, the program two folders below the lock file",
    files: {
      "Pulumi.yaml": "name: project\nruntime: nodejs\nmain: apps/infrastructure/\n",
      "package.json": JSON.stringify({ private: true, workspaces: ["apps/*"] }),
      "apps/infrastructure/package.json": manifest({ main: "index.js" }),
      "apps/infrastructure/index.js": commonJs,
    },
    install: [npm],
  },
  {
    title: "pnpm, with nothing hoisted",
    files: {
      "package.json": manifest({ devDependencies: compiler }),
      "index.ts": typeScript,
      "tsconfig.json": tsconfig({ module: "node16" }),
      ".npmrc": "hoist=false\n",
    },
    install: [pnpm],
  },
  {
    title: "Yarn with nodeLinker: node-modules",
    files: {
      "package.json": manifest({ main: "index.js" }),
      "index.js": commonJs,
      ".yarnrc.yml": "nodeLinker: node-modules\n",
      "yarn.lock": "",
    },
    install: [yarn],
  },
];

/** The program has the package through another one, so that the engine does not find it from the program's folder. */
export const undeclared: Layout = {
  title: "pnpm, where only a dependency depends on the package",
  files: {
    "package.json": JSON.stringify({
      private: true,
      main: "index.js",
      dependencies: { "@pulumi/pulumi": "SDK", platform: "file:platform" },
    }),
    "index.js": `require("platform");\n`,
    "platform/package.json": JSON.stringify({
      name: "platform",
      version: "1.0.0",
      main: "index.js",
      dependencies,
    }),
    "platform/index.js": commonJs,
  },
  install: [pnpm],
};

/** All packages from their tarballs. */
export const everything: Layout = {
  title: "npm, all packages",
  files: {
    "package.json": JSON.stringify({
      private: true,
      main: "index.js",
      dependencies: {
        ...dependencies,
        "oss-encryption": "file:CLI",
        "oss-encryption-policy": "file:POLICY",
        "oss-emulator": "file:EMULATOR",
      },
    }),
    "index.js": commonJs,
  },
  install: [npm],
};

/** Yarn without a node_modules folder. */
export const plugAndPlay: Layout = {
  title: "Yarn with Plug'n'Play",
  files: {
    "package.json": manifest({ main: "index.js" }),
    "index.js": commonJs,
    ".yarnrc.yml": "nodeLinker: pnp\n",
    "yarn.lock": "",
  },
  install: [yarn],
};

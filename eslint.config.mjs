import tseslint from "typescript-eslint";

/** Folders of which each may import those that stand before it. */
const inOrder = (...names) => Object.fromEntries(names.map((name, index) => [name, names.slice(0, index)]));

/**
 * Which folders of a package a folder may import, besides itself; `docs/design.md` gives the reasons. The files at a
 * package's door wire the folders together and may import all of them; `doors` names those that every folder may import.
 */
const packages = {
  "provider/src": {
    doors: ["errors", "printable", "state-contract", "version"],
    folders: {
      rule: [],
      net: [],
      settings: [],
      rpc: ["net"],
      credentials: ["settings", "net", "rpc"],
      oss: ["rule", "settings", "net"],
      lifecycle: ["rule", "settings", "net", "oss"],
      // "connections" is a door that queries open when they are asked; programs that ask nothing don't load it.
      program: ["rule", "connections"],
      // One process of its own for each provider resource, so it wires itself as the dynamic entry does.
      plugin: ["rule", "settings", "lifecycle", "start-lifecycle"],
    },
    foreign: {
      regex: "^(oss-emulator|oss-encryption)",
      message: "The provider knows none of the other packages.",
    },
  },
  "emulator/src": {
    folders: {
      ...inOrder("errors", "requests", "auth", "store", "server", "oss"),
      services: ["errors", "requests", "auth", "store", "server", "oss", "control", "options", "schema"],
    },
    foreign: {
      regex: "^(pulumi-oss-encryption|oss-encryption)",
      message: "The emulator stands alone, so that no mistake of ours cancels itself out.",
    },
  },
  "policy/src": {
    doors: ["encryption-rule", "report", "scope", "undecided", "value", "verdict"],
    folders: {
      policies: ["config", "stack"],
      config: [],
      stack: [],
      pack: ["config", "policies"],
    },
    foreign: {
      regex: "^(pulumi-oss-encryption|oss-emulator|oss-encryption)",
      message: "The pack stands alone.",
    },
  },
  "cli/src": {
    doors: ["subcommand", "user-error", "exit-codes", "session", "bucket-address", "option-values"],
    folders: {
      // No command knows another one: each folder can be deleted with its line in main.ts.
      "commands/audit": ["buckets", "pulumi", "output", "terminal"],
      "commands/drift": ["buckets", "pulumi", "output", "terminal"],
      "commands/import": ["buckets", "pulumi", "output", "terminal"],
      "commands/permissions": ["buckets", "pulumi", "output", "terminal"],
      buckets: [],
      pulumi: [],
      output: [],
      terminal: [],
    },
    foreign: {
      regex: "^(pulumi-oss-encryption(?!/oss$)|oss-emulator|oss-encryption-policy)",
      message: "The command line uses the client without Pulumi: pulumi-oss-encryption/oss.",
    },
  },
};

/** npm packages that one file alone may import. */
const owners = {
  "ali-oss": "provider/src/oss/signed-request.ts",
  "@alicloud/credentials": "provider/src/credentials/fetch.ts",
};

const deepest = 4;

const restrict = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

/** All that may not be imported by files of one folder that stand `depth` folders below the package's source. */
function outside({ doors = [], foreign }, folder, allowed, depth) {
  const targets = [
    ...allowed.map((name) => `${name}(/|(\\.js)?$)`),
    ...doors.map((name) => `${name}(\\.js)?$`),
  ];
  const names = [...allowed, ...doors].join(", ");
  return [
    foreign,
    {
      regex: `^(?:\\.\\./){${depth},}(?!\\.\\./)${targets.length > 0 ? `(?!${targets.join("|")})` : ""}`,
      message: `${folder}/ may import only ${names || "nothing else"} of its package.`,
    },
  ];
}

const owned = (file) =>
  Object.entries(owners)
    .filter(([, owner]) => owner !== file)
    .map(([name, owner]) => ({ regex: `^${name}(/|$)`, message: `Only ${owner} imports ${name}.` }));

/** One block for the package, and one for each of its folders and depths; the owner of an npm package gets its own. */
function oneWayImports([root, room]) {
  const blocks = [restrict([`${root}/**/*.ts`], [room.foreign, ...owned("")])];
  for (const [folder, allowed] of Object.entries(room.folders)) {
    for (let depth = 1; depth <= deepest; depth++) {
      const patterns = outside(room, folder, allowed, depth);
      const files = `${root}/${folder}/${"*/".repeat(depth - 1)}`;
      blocks.push(restrict([`${files}*.ts`], [...patterns, ...owned("")]));
      for (const owner of Object.values(owners).filter((path) => path.startsWith(files) && depth === 1)) {
        blocks.push(restrict([owner], [...patterns, ...owned(owner)]));
      }
    }
  }
  return blocks;
}

/** What several suites use stands in `tests/support/`; what tests, benchmark and demo use stands in `tools/`. */
const otherSuites = {
  regex: "^\\.\\./(?!\\.\\./|support/|fixtures/)",
  message: "What several suites use stands in tests/support.",
};
const outsideTools = (...names) => ({
  regex: `^(\\.\\./)+(${names.join("|")})/`,
  message: "What tests, benchmark and demo use stands in tools.",
});
const besidePackages = [
  restrict(["tests/**/*.ts"], [otherSuites, outsideTools("bench"), ...owned("")]),
  restrict(["tests/bench/*.ts"], [otherSuites, ...owned("")]),
  restrict(["bench/**/*.ts", "tools/**/*.ts"], [outsideTools("tests", "bench"), ...owned("")]),
];

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      "no-restricted-imports": ["error", { patterns: owned("") }],
    },
  },
  {
    files: [
      "provider/**/*.ts",
      "cli/**/*.ts",
      "policy/**/*.ts",
      "emulator/**/*.ts",
      "tools/**/*.ts",
      "bench/**/*.ts",
      "tests/**/*.ts",
      "examples/**/*.ts",
    ],
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      curly: ["error", "multi-line", "consistent"],
      "no-nested-ternary": "error",
      "max-depth": ["error", 3],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "SpreadElement > ObjectExpression, SpreadElement > ArrayExpression, SpreadElement > TSAsExpression > ArrayExpression",
          message: "Write the properties or elements themselves, a line each.",
        },
      ],
    },
  },
  ...Object.entries(packages).flatMap(oneWayImports),
  ...besidePackages,
);

import tseslint from "typescript-eslint";

/**
 * Who may import whom inside a package, by file name: `docs/design.md` gives the reasons.
 * A file that isn't listed may import anything its package contains.
 */
const rooms = {
  "provider/src": {
    // Pure: values in, values out.
    rule: [],
    errors: [],
    "bucket-name": [],
    inputs: ["rule", "bucket-name"],
    xml: [],
    wire: ["rule", "xml"],
    "wire-lists": ["xml"],
    endpoint: ["errors"],
    sources: [],
    "connection-entry": ["errors", "sources"],
    settings: ["connection-entry", "endpoint", "errors", "sources"],
    explain: ["errors", "transport", "wire"],
    outcome: ["errors", "explain", "transport", "wire", "xml"],
    way: [],
    roles: ["errors", "sources", "way"],
    profiles: ["errors", "roles", "sources", "way"],
    finders: ["errors", "profiles", "roles", "sources", "way"],
    "find-way": ["connection-entry", "errors", "finders", "roles", "sources", "way"],
    // One call to OSS.
    retry: [],
    silence: [],
    transport: [],
    call: ["endpoint", "retry", "transport", "way"],
    "signed-calls": [
      "bucket-name",
      "call",
      "endpoint",
      "errors",
      "outcome",
      "retry",
      "silence",
      "transport",
      "way",
      "wire",
    ],
    "oss-client": ["call", "rule", "signed-calls", "wire"],
    "oss-inventory": ["call", "rule", "signed-calls", "wire-lists"],
    // Other services: STS hands out credentials, KMS knows keys.
    rpc: ["transport", "way"],
    "kms-client": ["errors", "retry", "rpc", "transport", "way"],
    // Which way to OSS.
    "fetch-credentials": ["errors", "rpc", "silence", "transport", "way"],
    "credential-source": ["errors", "fetch-credentials", "retry", "way"],
    connection: [
      ...["call", "connection-entry", "credential-source", "errors", "fetch-credentials", "find-way"],
      ...["kms-client", "oss-client", "oss-inventory", "retry", "settings", "signed-calls", "sources"],
      ...["transport", "way"],
    ],
    // The resource.
    looks: ["rule"],
    "run-record": ["inputs", "looks", "rule"],
    confirm: ["errors", "oss-client", "retry", "rule"],
    lifecycle: [
      ...["confirm", "errors", "inputs", "looks", "oss-client", "retry", "rule", "run-record", "settings"],
      "signed-calls",
    ],
    "engine-lives": ["errors"],
    dynamic: ["connection", "engine-lives", "lifecycle", "retry"],
    // For programs.
    "verify-install": [],
    "state-form": [],
    "bucket-encryption": ["rule", "state-form", "verify-install"],
    "get-bucket-encryption": ["connection", "rule"],
    "parse-rules": ["bucket-encryption", "inputs"],
  },
};

/** npm packages that one file alone may import. */
const owners = {
  "ali-oss": ["provider/src/signed-calls.ts"],
  "@alicloud/credentials": ["provider/src/fetch-credentials.ts"],
};

function oneWayImports([folder, files]) {
  return Object.entries(files).map(([file, allowed]) => ({
    files: [`${folder}/${file}.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^\\./(?!(${allowed.join("|")})(\\.js)?$)`,
              message: `${file} may import only: ${allowed.join(", ") || "nothing of its package"}.`,
            },
            ...ownedPackages(`${folder}/${file}.ts`),
          ],
        },
      ],
    },
  }));
}

function ownedPackages(file) {
  return Object.entries(owners)
    .filter(([, files]) => !files.includes(file))
    .map(([name, files]) => ({
      regex: `^${name}(/|$)`,
      message: `Only ${files.join(", ")} imports ${name}.`,
    }));
}

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
      "no-restricted-imports": ["error", { patterns: ownedPackages("") }],
    },
  },
  ...Object.entries(rooms).flatMap(oneWayImports),
  {
    files: ["emulator/**/*.ts", "policy/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(pulumi-oss-encryption|oss-emulator|oss-encryption)",
              message: "This package stands alone.",
            },
            ...ownedPackages(""),
          ],
        },
      ],
    },
  },
  {
    files: ["cli/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(pulumi-oss-encryption(?!/oss$)|oss-emulator|oss-encryption-policy)",
              message: "The command line uses the client without Pulumi: pulumi-oss-encryption/oss.",
            },
            ...ownedPackages(""),
          ],
        },
      ],
    },
  },
);

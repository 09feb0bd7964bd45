/** Project settings with which every `preview`, `up` and `destroy` looks at OSS first. */
export const refreshAlways = {
  "Pulumi.yaml": "name: project\nruntime: nodejs\noptions: { refresh: always }\n",
};

/** Type token of the dynamic resource: what TypeScript and JavaScript programs declare with the npm package alone. */
export const dynamicResourceType = "pulumi-nodejs:dynamic/oss:BucketEncryption";

/** Type token of the same resource behind the provider plugin: what programs in every language declare. */
export const pluginResourceType = "oss-encryption:index:BucketEncryption";

/** All tokens under which a state holds a `BucketEncryption`. */
export const resourceTypes: readonly string[] = [dynamicResourceType, pluginResourceType];

/**
 * All the code that state holds. It never changes: a fix reaches every stack with the next install of this package,
 * and no upgrade shows as a change of the resource.
 */
export const providerText = 'exports.handler = () => require("pulumi-oss-encryption/dynamic").provider();';

/** Type token under which the engine and policy packs know the resource. */
export const resourceType = "pulumi-nodejs:dynamic/oss:BucketEncryption";

/**
 * All the code that state holds. It never changes: a fix reaches every stack with the next install of this package,
 * and no upgrade shows as a change of the resource.
 */
export const providerText = 'exports.handler = () => require("pulumi-oss-encryption/dynamic").provider();';

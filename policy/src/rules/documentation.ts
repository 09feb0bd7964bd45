export const documentation = "https://www.alibabacloud.com/help/en/oss/user-guide/server-side-encryption-8";

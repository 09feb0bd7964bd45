/** Accounts for an emulator, whose secrets tests look for where they must not be. */
const account = (digit: string, name: string) => ({
  id: digit.repeat(16),
  accessKeyId: `${name}-id`,
  accessKeySecret: `${name}-secret`,
  name: `user/${name}`,
});

export type Account = ReturnType<typeof account>;
export const first = account("1", "first");
export const second = account("2", "second");
export const third = account("3", "third");

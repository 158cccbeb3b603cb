/** The error that a call rejects with, which must be one that the guard knows; any other is thrown on. */
export async function rejection<Expected>(
  call: Promise<unknown>,
  guard: (error: unknown) => error is Expected,
): Promise<Expected> {
  const thrown = await call.then(
    (value) => {
      throw new Error(`Expected the call to reject, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  if (guard(thrown)) return thrown;
  throw thrown;
}

/** Where a test run's secrets are collected, and what it puts out is looked at. */
export interface SecretWatch {
  /** Tells of a secret that a test uses. */
  addSecret(secret: string): void;
  /** Looks at something that was put out, such as a line or a file. */
  look(text: string, where: string): void;
}

const key = Symbol.for("maxcompute-tunnel secret watch");

/** The watch over this process's tests; one that does nothing where there is none. */
export function secretWatch(): SecretWatch {
  return (globalThis as { readonly [key]?: SecretWatch })[key] ?? { addSecret() {}, look() {} };
}

/** Makes a watch the one of this process. */
export function installWatch(watch: SecretWatch): void {
  (globalThis as { [key]?: SecretWatch })[key] = watch;
}

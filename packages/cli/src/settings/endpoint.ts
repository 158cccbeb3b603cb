import { CliError } from "../errors.ts";

/** Checks an endpoint and takes the slashes off its end. @throws CliError `invalid-setting`, without a password in it */
export function checkEndpoint(what: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new CliError("invalid-setting", `The ${what} has to be an http or https URL.`, {
      next: "For example https://service.cn-shanghai.maxcompute.aliyun.com/api",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new CliError("invalid-setting", `The ${what} must not hold a user name or password.`);
  }
  return text.replace(/\/+$/, "");
}

/** Whether what is sent there leaves this machine unencrypted. */
export function isReadableOnTheWay(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== "http:") return false;
  return !/^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/i.test(hostname);
}

/** Proxies by scheme of the requested URL. */
export interface ProxySettings {
  /** For `http://` endpoints: a URL, with user and password where the proxy asks for them. @default none */
  readonly httpProxy?: string;
  /** For `https://` endpoints. @default httpProxy */
  readonly httpsProxy?: string;
  /**
   * Hosts reached directly, separated by commas: names (with their subdomains), with or without a port; `*` for all.
   *
   * @default none
   */
  readonly noProxy?: string;
}

/** The proxy variables of an environment; lower-case names win, as everywhere. */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? "";
  return checkProxies({
    httpProxy: read("HTTP_PROXY"),
    httpsProxy: read("HTTPS_PROXY"),
    noProxy: read("NO_PROXY"),
  });
}

/** Proxy settings with complete URLs; throws a TypeError that names the setting, not its value: it may hold a password. */
export function checkProxies(settings: ProxySettings): Required<ProxySettings> {
  return {
    httpProxy: proxyUrl("HTTP proxy", settings.httpProxy),
    httpsProxy: proxyUrl("HTTPS proxy", settings.httpsProxy),
    noProxy: settings.noProxy?.trim() ?? "",
  };
}

function proxyUrl(what: string, value: string | undefined): string {
  const text = value?.trim() ?? "";
  if (text === "") return "";
  const url = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(url) || !schemes.has(new URL(url).protocol)) {
    throw new TypeError(
      `Expected the ${what} to be a URL such as http://proxy.example:8080, got something else`,
    );
  }
  return url;
}

const schemes: ReadonlySet<string> = new Set(["http:", "https:", "socks:", "socks5:"]);

import type { Answer } from "@maxcompute-tunnel/testkit";

/** An XML document as the REST service sends it. */
export function xml(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/xml", "x-odps-request-id": "r-1", ...headers });
    response.end(`<?xml version="1.0"?>\n${body}`);
  };
}

/** An error document of the REST service. */
export function refusal(
  status: number,
  code: string,
  message = "no",
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return xml(
    `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>r-1</RequestId><HostId>h</HostId></Error>`,
    headers,
    status,
  );
}

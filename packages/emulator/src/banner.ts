/** What clients need to know of an emulator that accepts requests. */
export interface Introduction {
  readonly endpoint: string;
  readonly project: string;
  readonly accessKeyId: string;
  /** What to show for the secret: the secret itself, or words saying where it is. */
  readonly accessKeySecret: string;
  /** Makes the key a temporary one; clients must send it as well. */
  readonly securityToken?: string;
  /** Where data are kept; nothing when they go with the process. */
  readonly dataDir?: string;
}

/** What the command tells people on stderr: where the service is, and how each client is pointed at it. */
export function renderBanner(introduction: Introduction): string {
  const { endpoint, project, accessKeyId, accessKeySecret, securityToken, dataDir } = introduction;
  const [url, name, id, secret] = [endpoint, project, accessKeyId, accessKeySecret].map((value) =>
    JSON.stringify(value),
  );
  const token = securityToken === undefined ? undefined : JSON.stringify(securityToken);
  const shell = (value: string): string =>
    /^[\w:/.@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      "TypeScript (npm install maxcompute-tunnel)",
      [
        'import { createTunnel } from "maxcompute-tunnel";',
        "const tunnel = createTunnel({",
        `  endpoint: ${url},`,
        `  project: ${name},`,
        `  credentials: { accessKeyId: ${id}, accessKeySecret: ${secret}${token === undefined ? "" : `, securityToken: ${token}`} },`,
        "});",
      ],
    ],
    [
      "mctunnel (npm install --global @maxcompute-tunnel/cli)",
      [
        `export ODPS_ENDPOINT=${shell(endpoint)} ODPS_PROJECT=${shell(project)}`,
        `export ODPS_ACCESS_ID=${shell(accessKeyId)} ODPS_ACCESS_KEY=${shell(accessKeySecret)}${
          securityToken === undefined ? "" : ` ODPS_STS_TOKEN=${shell(securityToken)}`
        }`,
        "mctunnel upload people.csv people",
      ],
    ],
    [
      "PyODPS (pip install pyodps)",
      token === undefined
        ? ["from odps import ODPS", `o = ODPS(${id}, ${secret}, project=${name}, endpoint=${url})`]
        : [
            "from odps import ODPS",
            "from odps.accounts import StsAccount",
            `o = ODPS(account=StsAccount(${id}, ${secret}, ${token}), project=${name}, endpoint=${url})`,
          ],
    ],
    [
      "Java (com.aliyun.odps:odps-sdk-core)",
      [
        token === undefined
          ? `Odps odps = new Odps(new AliyunAccount(${id}, ${secret}));`
          : `Odps odps = new Odps(new StsAccount(${id}, ${secret}, ${token}));`,
        `odps.setEndpoint(${url});`,
        `odps.setDefaultProject(${name});`,
      ],
    ],
    [
      "Go (github.com/aliyun/aliyun-odps-go-sdk)",
      [
        token === undefined
          ? `ins := odps.NewOdps(account.NewAliyunAccount(${id}, ${secret}), ${url})`
          : `ins := odps.NewOdps(account.NewStsAccount(${id}, ${secret}, ${token}), ${url})`,
        `ins.SetDefaultProjectName(${name})`,
      ],
    ],
  ];
  const facts = [
    `  endpoint    ${endpoint}   (service and tunnel)`,
    `  project     ${project}`,
    `  access id   ${accessKeyId}`,
    `  access key  ${accessKeySecret}`,
    ...(securityToken === undefined ? [] : [`  sts token   ${securityToken}`]),
    `  data        ${dataDir ?? "in a temporary directory, removed at the end; --data DIR keeps them"}`,
  ];
  const snippets = sections.flatMap(([client, lines]) => [
    "",
    `  ${client}`,
    ...lines.map((line) => `    ${line}`),
  ]);
  return ["MaxCompute emulator", "", ...facts, ...snippets, "", "Ctrl-C stops it.", ""].join("\n");
}

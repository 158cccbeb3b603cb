import type { CredentialsProvider } from "@maxcompute-tunnel/transport";
import { CliError } from "../errors.ts";

/** A way to a temporary key that goes through Alibaba Cloud; the official library walks it and renews the key. */
export type CloudCredentials =
  | { readonly kind: "ecs-ram-role"; readonly roleName?: string | undefined }
  | {
      readonly kind: "oidc";
      readonly roleArn: string;
      readonly providerArn: string;
      readonly tokenFile: string;
      readonly sessionName?: string | undefined;
    }
  | {
      readonly kind: "ram-role-arn";
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken?: string | undefined;
      readonly roleArn: string;
      readonly sessionName?: string | undefined;
    }
  | { readonly kind: "uri"; readonly uri: string };

/**
 * Asks for keys in that way. The library is loaded, and anything sent, by the first question.
 *
 * @param source where the way was found, for messages
 */
export function cloudCredentials(way: CloudCredentials, source: string): CredentialsProvider {
  let issuer: Promise<KeyIssuer> | undefined;
  return async () => {
    issuer ??= makeIssuer(way);
    let key: IssuedKey;
    try {
      key = await (await issuer).getCredentials();
    } catch (error) {
      throw unavailable(way, source, error);
    }
    const { accessKeyId, accessKeySecret, securityToken } = key;
    if (!accessKeyId || !accessKeySecret) throw unavailable(way, source, undefined);
    return {
      kind: "access-key",
      accessKeyId,
      accessKeySecret,
      ...(securityToken ? { securityToken } : {}),
    };
  };
}

interface IssuedKey {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly securityToken?: string;
}

/** Something of the library's that gives keys and renews them in time. */
interface KeyIssuer {
  getCredentials(): Promise<IssuedKey>;
}

async function makeIssuer(way: CloudCredentials): Promise<KeyIssuer> {
  const library = await import("@alicloud/credentials");
  switch (way.kind) {
    case "ecs-ram-role": {
      const builder = library.ECSRAMRoleCredentialsProvider.builder();
      return (way.roleName === undefined ? builder : builder.withRoleName(way.roleName)).build();
    }
    case "oidc":
      return library.OIDCRoleArnCredentialsProvider.builder()
        .withRoleArn(way.roleArn)
        .withOIDCProviderArn(way.providerArn)
        .withOIDCTokenFilePath(way.tokenFile)
        .withRoleSessionName(way.sessionName ?? "mctunnel")
        .build();
    case "ram-role-arn": {
      const { accessKeyId, accessKeySecret, securityToken } = way;
      const own =
        securityToken === undefined
          ? library.StaticAKCredentialsProvider.builder()
          : library.StaticSTSCredentialsProvider.builder().withSecurityToken(securityToken);
      return library.RAMRoleARNCredentialsProvider.builder()
        .withCredentialsProvider(
          own.withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret).build(),
        )
        .withRoleArn(way.roleArn)
        .withRoleSessionName(way.sessionName ?? "mctunnel")
        .build();
    }
    case "uri":
      return library.URICredentialsProvider.builder().withCredentialsURI(way.uri).build();
  }
}

function unavailable(way: CloudCredentials, source: string, error: unknown): CliError {
  const message = error instanceof Error ? error.message.split("\n")[0]!.slice(0, 200) : "it gave no key";
  // The library quotes answers, and an answer that it could not read may hold a key.
  const why = /secret|securitytoken/i.test(message) ? "its answer was not understood" : message;
  return new CliError(
    "credentials-unavailable",
    `No key came from ${names[way.kind]} (${source}): ${why.replace(/[.\s]+$/, "")}.`,
    { next: nextSteps[way.kind] },
  );
}

const names: Readonly<Record<CloudCredentials["kind"], string>> = {
  "ecs-ram-role": "the metadata service of this ECS instance",
  oidc: "STS for the OIDC token",
  "ram-role-arn": "STS for the role",
  uri: "the credentials URI",
};

const nextSteps: Readonly<Record<CloudCredentials["kind"], string>> = {
  "ecs-ram-role": "Check that this machine is an ECS instance and that a RAM role is attached to it.",
  oidc: "Check the role, the provider and the token file, and that the role trusts the provider.",
  "ram-role-arn": "Check the role's name, and that the key may assume it.",
  uri: "Check the address of the credentials service.",
};

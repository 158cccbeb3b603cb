import { Refusal } from "../refusal.ts";

/** What a key may do in a project: `read` downloads and looks at tables, `write` also uploads and changes them. */
export type Permission = "read" | "write";

/** Permissions by project name; `*` stands for every project that is not named. */
export type Permissions = Readonly<Record<string, Permission>>;

/** May do anything in every project. */
export const everything: Permissions = { "*": "write" };

/** True when `permissions` hold what is wanted in a project; project names have no case. */
export function permits(permissions: Permissions, project: string, wanted: Permission): boolean {
  const granted = grantedIn(permissions, project);
  return granted === "write" || granted === wanted;
}

/**
 * Refuses what somebody may not do in a project.
 *
 * @throws Refusal `AccessDenied` where nothing is allowed there, `NoPermission` where reading is and writing is not
 */
export function requirePermission(
  { owner, permissions }: { readonly owner: string; readonly permissions: Permissions },
  project: string,
  wanted: Permission,
): void {
  if (permits(permissions, project, wanted)) {
    return;
  }
  const reason = "ODPS-0130013:Authorization exception - Authorization Failed [4019]";
  throw grantedIn(permissions, project) === undefined
    ? new Refusal("AccessDenied", `${reason}, ${owner} has no access to project '${project}'.`)
    : new Refusal("NoPermission", `${reason}, ${owner} may read project '${project}', not write to it.`);
}

function grantedIn(permissions: Permissions, project: string): Permission | undefined {
  const name = project.toLowerCase();
  const own = Object.keys(permissions).find((key) => key.toLowerCase() === name);
  return permissions[own ?? "*"];
}

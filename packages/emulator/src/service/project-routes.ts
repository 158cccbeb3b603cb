import { permits } from "../auth/permissions.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { jsonReply, type Reply, textReply, xmlReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { findProject, type Project } from "../storage/state.ts";
import {
  renderExtendedProject,
  renderProject,
  renderProjectList,
  renderSignedToken,
  renderTenant,
} from "./documents/project-document.ts";
import { pageOf } from "./paging.ts";
import { tableSize } from "./sizes.ts";

/** What clients ask before they come to tables: tenant, project, where the tunnel is. */
export function projectRoutes({ store, clock }: Services): readonly Route[] {
  const project = (call: Call): Project => findProject(store.state, call.name("project"));

  const routes: Omit<Route, "dialect">[] = [
    {
      action: "get log view host",
      method: "GET",
      path: "/logview/host",
      handle: (call) => textReply(`http://${call.host}`),
    },
    {
      action: "get tenant",
      method: "GET",
      path: "/tenants",
      handle: (call) =>
        jsonReply(
          renderTenant({
            name: "emulator",
            tenantId: "0",
            ownerId: call.identity.owner,
            schemasEnabled: false,
          }),
        ),
    },
    {
      action: "list projects",
      method: "GET",
      path: "/projects",
      handle: (call) => xmlReply(projectList(call, [...store.state.projects.values()])),
    },
    {
      action: "sign token",
      method: "POST",
      path: "/projects/:project/authorization",
      needs: ["sign_bearer_token"],
      permission: "read",
      // PyODPS puts it into the address of a log view; there is nothing here that it would open.
      handle: () => xmlReply(renderSignedToken(store.newId(clock.now()))),
    },
    {
      action: "find tunnel",
      method: "GET",
      path: "/projects/:project/tunnel",
      // No scheme and no newline: clients put the scheme in front and trim nothing.
      handle: (call) => {
        project(call);
        return textReply(call.host);
      },
    },
    {
      action: "write log",
      method: "PUT",
      path: "/projects/:project/logs",
      permission: "read",
      handle: () => ({ status: 200 }),
    },
    {
      action: "get project",
      method: "GET",
      path: "/projects/:project",
      handle: (call) => {
        const name = call.name("project");
        const found = store.state.projects.get(name.toLowerCase());
        if (found === undefined) {
          // protocol: MaxCompute, service endpoint: here an unknown project is no such object.
          throw new Refusal("NoSuchObject", `ODPS-0420111: Project not found - '${name}'`);
        }
        return projectReply(found, call.query.has("extended"));
      },
    },
  ];
  return routes.map((route) => ({ ...route, dialect: "service" }));
}

/** The projects that the sender may at least read, sorted, restricted by prefix and owner. */
function projectList({ identity, query }: Call, all: readonly Project[]): string {
  const prefix = (query.get("name") ?? "").toLowerCase();
  const wanted = query.get("owner") ?? "";
  const projects = all
    .filter(
      ({ name, owner }) =>
        permits(identity.permissions, name, "read") &&
        name.toLowerCase().startsWith(prefix) &&
        (wanted === "" || owner === wanted),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, marker, maxItems } = pageOf(projects, ({ name }) => name, query);
  const documents = items.map(({ name, comment, owner, createdAt }) => {
    const created = new Date(createdAt);
    return { name, comment, owner, createdAt: created, lastModifiedAt: created };
  });
  return renderProjectList({ projects: documents, marker, maxItems });
}

function projectReply(project: Project, extended: boolean): Reply {
  const createdAt = new Date(project.createdAt);
  const document = {
    name: project.name,
    comment: project.comment,
    owner: project.owner,
    createdAt,
    lastModifiedAt: createdAt,
    properties: {
      "odps.sql.type.system.odps2": "true",
      "odps.sql.decimal.odps2": "true",
      "odps.sql.cfile2.field.maxsize": "8388608",
    },
  };
  const tables = [...project.schemas.values()].flatMap((schema) => [...schema.tables.values()]);
  const { byteLength } = tableSize(tables.flatMap((table) => [...table.partitions.values()]));
  return xmlReply(
    extended
      ? renderExtendedProject(document, { usedQuotaPhysicalSize: String(byteLength) })
      : renderProject(document),
    {
      "x-odps-owner": project.owner,
      "x-odps-creation-time": createdAt.toUTCString(),
      "last-modified": createdAt.toUTCString(),
    },
  );
}

import { type Answer, text } from "@maxcompute-tunnel/testkit";

/** An error document of the Tunnel service. */
export function refusal(status: number, Code: string, Message = "no"): Answer {
  return text(status, JSON.stringify({ Code, Message }));
}

/** An upload session as the service describes it; members can be replaced. */
export function uploadAnswer(
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    UploadID: "u1",
    Status: "normal",
    Initiated: new Date().toUTCString(),
    MaxFieldSize: 8388608,
    QuotaName: "",
    Schema: {
      columns: [
        { column_id: "0", name: "id", type: "bigint", nullable: true, comment: "" },
        { column_id: "1", name: "name", type: "string", nullable: true, comment: "" },
      ],
      partitionKeys: [],
    },
    UploadedBlockList: [],
    ...more,
  };
}

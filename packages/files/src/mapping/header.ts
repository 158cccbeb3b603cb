/** Whether the first record of a file names its fields. */
export type HeaderChoice = "auto" | "present" | "absent";

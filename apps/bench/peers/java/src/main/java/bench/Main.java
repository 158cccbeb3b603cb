package bench;

/** The Java SDK's contenders: {@code write-records ROWS prebuilt|set} or {@code upload FILE TABLE}. */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("write-records")) {
      WriteRecords.main(Integer.parseInt(arguments[1]), arguments[2].equals("prebuilt"));
    } else {
      UploadCsv.main(arguments[1], arguments[2]);
    }
  }

  private Main() {}
}

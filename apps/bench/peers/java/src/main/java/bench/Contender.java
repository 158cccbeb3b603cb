package bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.zip.CRC32;

/** The loop of a contender: prepare, say so, then one run for each line of standard input. */
final class Contender {
  interface Work {
    void run(OutputStream sink) throws Exception;
  }

  /** Serves runs of the work until standard input ends. */
  static void serve(int rows, Work work) throws Exception {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    String version = com.aliyun.odps.Odps.class.getPackage().getImplementationVersion();
    out.println("{\"ready\":\"" + version + "\"}");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.trim().equals("check")) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        work.run(kept);
        CRC32 crc = new CRC32();
        crc.update(kept.toByteArray());
        out.printf("{\"rows\":%d,\"bytes\":%d,\"checksum\":\"%08x\"}%n", rows, kept.size(), crc.getValue());
        continue;
      }
      Counter sink = new Counter();
      long cpu = system.getProcessCpuTime();
      long started = System.nanoTime();
      work.run(sink);
      double seconds = (System.nanoTime() - started) / 1e9;
      double used = (system.getProcessCpuTime() - cpu) / 1e9;
      out.printf(
          "{\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"rows\":%d,\"bytes\":%d}%n", seconds, used, rows, sink.bytes);
    }
    System.exit(0);
  }

  /** Counts what is written and keeps nothing. */
  private static final class Counter extends OutputStream {
    long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] data, int from, int length) {
      bytes += length;
    }
  }

  private Contender() {}
}

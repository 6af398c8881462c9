import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts the executable jar on a free port, asks it for a score, and stops it. */
public final class CallService {
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  public static void main(String[] args) throws Exception {
    Process service =
        new ProcessBuilder(
                "java",
                "-jar",
                args[0],
                "--server.port=0",
                "--model=" + args[1] + "/savedmodels/pepnet-keras3")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = service.inputReader()) {
      URI click = URI.create("http://localhost:" + port(output) + "/click?user_id=3");
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(click).build(), HttpResponse.BodyHandlers.ofString());
      System.out.println(response.statusCode() + " " + response.body());
      float score = response.statusCode() == 200 ? Float.parseFloat(response.body()) : -1;
      if (!(score > 0 && score < 1)) {
        throw new IllegalStateException("no probability: " + response.body());
      }
    } finally {
      service.destroy();
      service.waitFor();
    }
  }

  private static String port(BufferedReader output) throws Exception {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      System.out.println(line);
      Matcher started = PORT.matcher(line);
      if (started.find()) {
        return started.group(1);
      }
    }
    throw new IllegalStateException("the service ended before it listened");
  }

  private CallService() {}
}

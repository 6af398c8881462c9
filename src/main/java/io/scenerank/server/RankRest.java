package io.scenerank.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Signatures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /v1/rank}: one user and candidates in, the best candidates with a score for each task
 * out. Rows hold raw values where the model has an encoding, else, or with the query {@code
 * encoded=true}, ids and numbers by the names of the model's inputs.
 */
final class RankRest extends AbstractHttpService {
  private final ServiceModel model;
  private final RawEncoders encoders;
  private final int maxRows;

  /**
   * @param maxRows the most candidates of a request
   */
  RankRest(ServiceModel model, RawEncoders encoders, int maxRows) {
    this.model = model;
    this.encoders = encoders;
    this.maxRows = maxRows;
  }

  @Override
  protected HttpResponse doPost(ServiceRequestContext ctx, HttpRequest request) {
    QueryParams query = ctx.queryParams();
    boolean isEncoded = query.get("encoded", "false").equals("true");
    VersionChoice choice = choice(query);
    return JsonAnswers.post(
        ctx,
        request,
        body ->
            CompletableFuture.completedFuture(
                rank(choice, isEncoded, body, JsonAnswers.limit(ctx))));
  }

  private static VersionChoice choice(QueryParams query) {
    String version = query.get("version", "");
    if (!version.isEmpty()) {
      if (!version.matches("\\d{1,18}")) {
        throw RequestException.invalid("version: found '" + version + "', expected a number");
      }
      return VersionChoice.number(Long.parseLong(version));
    }
    String label = query.get("label", "");
    return label.isEmpty() ? VersionChoice.current() : VersionChoice.label(label);
  }

  private byte[] rank(VersionChoice choice, boolean isEncoded, byte[] body, Duration limit) {
    ServiceModel.ServiceVersion version = model.version(choice);
    ServedModel.Signature signature = version.signature(Signatures.SERVING_DEFAULT);
    RankRows rows =
        isEncoded
            ? new EncodedRows(signature.inputs())
            : encoders
                .of(version.info(), signature.inputs().keySet())
                .<RankRows>map(RawRows::new)
                .orElseGet(() -> new EncodedRows(signature.inputs()));
    RankRequest request = new RankReader(rows, maxRows).read(body);
    RankWriter writer = new RankWriter(request, signature.outputs());
    RankRows.Sides sides = rows.sides();
    Scores scores = version.rank(sides.user(), sides.candidates(), limit);
    return writer.write(version.number(), scores);
  }
}

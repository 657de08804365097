package dev.workflowsteps.server.document;

import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.steps.Expected;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.text.MalformedJsonException;
import dev.workflowsteps.server.text.Rfc3339;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads artifact records of one organization, one at a time. Safe for use by many threads.
 *
 * <p>Of the fields only those are looked at by which a record is found; the others are any JSON.
 * The record is kept as its bytes stand, but for members that are null and for {@code
 * organization_id}, which say nothing to who reads it.
 */
public final class ArtifactReader implements DocumentReader<Artifact> {

  private static final String ID =
      Expected.of(WorkflowArtifact.getDescriptor().findFieldByName("id"));

  private final String organizationId;

  /**
   * @param organizationId whose records these are; a document may name it, but no other
   */
  public ArtifactReader(String organizationId) {
    this.organizationId = organizationId;
  }

  @Override
  public Artifact read(byte[] buffer, int from, int to) throws RejectedDocumentException {
    JsonCursor in = new JsonCursor(buffer, from, to);
    try {
      Reading reading = new Reading(in);
      Artifact artifact = reading.artifact();
      in.requireEnd();
      return artifact;
    } catch (MalformedJsonException e) {
      throw in.malformed(e);
    }
  }

  /** One record under way. */
  private final class Reading {

    private final JsonCursor in;
    private final List<byte[]> members = new ArrayList<>();
    private String operation;
    private String id;
    private String runId;
    private String stepId;
    private Optional<String> blockId = Optional.empty();
    private Optional<Instant> createdAt = Optional.empty();
    private boolean dropped;

    Reading(JsonCursor in) {
      this.in = in;
    }

    Artifact artifact() throws MalformedJsonException, RejectedDocumentException {
      Set<String> seen = new HashSet<>();
      in.beginObject();
      for (String key = in.nextName(); key != null; key = in.nextName()) {
        if (!seen.add(key)) {
          throw new RejectedDocumentException(Rejection.of(in.path(), "given twice", "once"));
        }
        if (key.equals("organization_id")) {
          in.organization(organizationId);
          dropped = true;
        } else if (in.takeNull()) {
          dropped = true;
        } else {
          take(key);
          members.add(in.member());
        }
      }
      in.required("operation", operation, "text");
      in.required("id", id, ID);
      in.required("run_id", runId, ID);
      in.required("step_id", stepId, ID);
      in.required("created_at", createdAt.orElse(null), Rfc3339.EXPECTED);
      return new Artifact(id, operation, runId, stepId, blockId, json());
    }

    private void take(String key) throws MalformedJsonException, RejectedDocumentException {
      switch (key) {
        case "operation" -> operation = in.text();
        case "id" -> id = in.text();
        case "run_id" -> runId = in.text();
        case "step_id" -> stepId = in.text();
        case "block_id" -> blockId = Optional.of(in.text());
        case "created_at" -> createdAt = Optional.of(in.time());
        // A schema's own word, which writers leave in a record by mistake.
        case "additionalProperties" ->
            throw new RejectedDocumentException(
                Rejection.of(in.path(), "given", "no member of this name"));
        default -> in.skipMember();
      }
    }

    /** The record as it was given; if members were dropped, the others with commas between. */
    private byte[] json() {
      if (!dropped) {
        return in.taken();
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      char before = '{';
      for (byte[] member : members) {
        bytes.write(before);
        bytes.writeBytes(member);
        before = ',';
      }
      bytes.write('}');
      return bytes.toByteArray();
    }
  }
}

package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.AuditLog;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysCommandsTest {

  private static final String[] CREATE = {"keys", "create", "--organization", "acme"};

  private final InMemoryProgram program = new InMemoryProgram();

  @Test
  void create_printsTheKeyAloneOnStdoutAndTheWordsOnStderr() {
    int exit = program.run("keys", "create", "--organization", "acme", "--create-organization");

    String key = program.data().strip();
    assertThat(exit).isZero();
    assertThat(program.data()).isEqualTo(key + System.lineSeparator());
    assertThat(new Authenticator(program.keys, program.clock).authenticate(List.of(key), List.of()))
        .hasValueSatisfying(caller -> assertThat(caller.organizationId()).isEqualTo("acme"));
    assertThat(program.words().lines())
        .containsExactly(
            "organization acme created",
            "key "
                + ApiKey.parse(key).orElseThrow().keyId()
                + " of organization acme, scope read, never expires. It is shown only once; store it safely.");
    assertThat(program.closed).isEqualTo(1);
  }

  @Test
  void create_json_isOneObjectWithTheKey_whichIsNowhereElse() {
    program.keyService.ensureOrganization("acme", true);
    try (AuditLog audit = new AuditLog()) {
      assertThat(program.run(with(CREATE, "--scope=write,read", "--expires=1h", "--output=json")))
          .isZero();

      String key = program.data().replaceFirst("^\\{\"key\":\"(\\w+)\".*\\R$", "$1");
      String id = ApiKey.parse(key).orElseThrow().keyId();
      assertThat(program.data())
          .isEqualToNormalizingNewlines(
              "{\"key\":\"%s\",\"id\":\"%s\",\"organization\":\"acme\",\"scope\":[\"read\",\"write\"],\"expires_at\":\"2026-03-01T13:00:00Z\"}\n"
                  .formatted(key, id));
      assertThat(audit.lines()).hasSize(1).allMatch(line -> line.contains("key=" + id));
      assertThat(program.allWords() + audit.lines()).doesNotContain(key, key.substring(13));
    }
  }

  @Test
  void create_thatCannotPrintTheKey_fails_andSaysWhichToRevoke() {
    program.keyService.ensureOrganization("acme", true);
    program.full = true;

    assertThat(program.run(CREATE)).isEqualTo(1);

    String id = program.keys.list("acme").get(0).key().keyId();
    assertThat(program.words())
        .startsWith("key " + id + " was created, but stdout can't be written")
        .contains("revoke it with keys revoke");
  }

  @Test
  void create_misspeltOrganization_isRefusedAndMakesNothing() {
    assertThat(program.run(CREATE)).isEqualTo(1);
    assertThat(program.data()).isEmpty();
    assertThat(program.words())
        .isEqualToIgnoringNewLines(
            "organization acme does not exist; give --create-organization to create it");
    assertThat(program.keys.organizationExists("acme")).isFalse();
    assertThat(program.closed).isEqualTo(1);
  }

  @Test
  void create_withAnEnd_keepsIt() {
    program.keyService.ensureOrganization("acme", true);
    Instant now = program.clock.instant();

    program.run("keys", "create", "--organization", "acme", "--expires", "90d");
    program.run("keys", "create", "--organization=acme", "--expires=2027-01-31T01:00:00+01:00");

    assertThat(program.keys.list("acme"))
        .extracting(listed -> listed.key().expiresAt())
        .containsExactlyInAnyOrder(
            Optional.of(now.plus(Duration.ofDays(90))),
            Optional.of(Instant.parse("2027-01-31T00:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({"'', READ", "read, READ", "write, WRITE", "'read,write', READ WRITE"})
  void create_givesTheKeyItsScope_readUnlessAnotherIsGiven(String given, String scopes) {
    program.keyService.ensureOrganization("acme", true);
    List<String> arguments = new ArrayList<>(List.of(CREATE));
    if (!given.isEmpty()) {
      arguments.add("--scope=" + given);
    }

    assertThat(program.run(arguments.toArray(String[]::new))).isZero();

    assertThat(program.words()).contains("scope " + (given.isEmpty() ? "read" : given) + ", ");
    assertThat(program.keys.list("acme").get(0).key().scopes())
        .extracting(Scope::name)
        .containsExactlyInAnyOrder(scopes.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "READ", "", "read,", "read write"})
  void create_unknownScope_isAUsageError(String given) {
    assertThat(
            program.run(
                "keys", "create", "--organization=acme", "--create-organization", "--scope", given))
        .isEqualTo(2);
    assertThat(program.words())
        .startsWith("--scope: " + given + " (expected: read, write, or read,write)");
    assertThat(program.opened).isZero();
  }

  @Test
  void create_pastEnd_makesNoOrganizationEither() {
    int exit =
        program.run(
            "keys",
            "create",
            "--organization=acme",
            "--create-organization",
            "--expires=2020-01-01T00:00:00Z");

    assertThat(exit).isEqualTo(1);
    assertThat(program.words()).contains("expires: 2020-01-01T00:00:00Z", "in the future");
    assertThat(program.keys.organizationExists("acme")).isFalse();
  }

  @Test
  void create_badEnd_isAUsageError() {
    int exit = program.run("keys", "create", "--organization", "acme", "--expires", "soon");

    assertThat(exit).isEqualTo(2);
    assertThat(program.words())
        .isEqualToNormalizingNewlines(
            "Invalid value for option '--expires': soon (expected: a number with ms, s, m, h"
                + " or d, or a time as in RFC 3339)\n"
                + "See workflow-steps keys create --help\n");
    assertThat(program.opened).isZero();
  }

  @Test
  void create_badOrganizationName_isAUsageError() {
    assertThat(program.run("keys", "create", "--organization", "Acme")).isEqualTo(2);
    assertThat(program.words())
        .startsWith("--organization: Acme (expected: [a-z0-9][a-z0-9_-]{0,62})");
  }

  @Test
  void list_showsEveryKeyWithItsState() {
    program.keyService.ensureOrganization("acme", true);
    String first = program.keyService.create("acme", Scope.ALL, Optional.empty()).keyId();
    program.clock.move(Duration.ofSeconds(1));
    Instant soon = program.clock.instant().plusSeconds(1);
    String second =
        program.keyService.create("acme", Set.of(Scope.READ), Optional.of(soon)).keyId();
    program.clock.move(Duration.ofSeconds(1));
    String third = program.keyService.create("acme", Set.of(Scope.WRITE), Optional.empty()).keyId();
    program.keyService.revoke("acme", third);
    program.keys.setLastUsed(
        "acme", List.of(first), LocalDate.parse("2026-03-01"), Call.within(Duration.ofSeconds(1)));

    assertThat(program.run("keys", "list", "--organization", "acme")).isZero();

    assertThat(program.data().lines())
        .containsExactly(
            "ID        CREATED               EXPIRES               SCOPE       LAST USED   STATE",
            first + "  2026-03-01T12:00:00Z  never                 read,write  2026-03-01  valid",
            second
                + "  2026-03-01T12:00:01Z  2026-03-01T12:00:02Z  read        -           expired",
            third
                + "  2026-03-01T12:00:02Z  never                 write       -           revoked");

    assertThat(program.run("keys", "list", "--organization", "acme", "--output", "json")).isZero();

    assertThat(program.data().lines())
        .containsExactly(
            "{\"id\":\"%s\",\"created_at\":\"2026-03-01T12:00:00Z\",\"expires_at\":null,\"scope\":[\"read\",\"write\"],\"last_used\":\"2026-03-01\",\"state\":\"valid\"}"
                .formatted(first),
            "{\"id\":\"%s\",\"created_at\":\"2026-03-01T12:00:01Z\",\"expires_at\":\"2026-03-01T12:00:02Z\",\"scope\":[\"read\"],\"last_used\":null,\"state\":\"expired\"}"
                .formatted(second),
            "{\"id\":\"%s\",\"created_at\":\"2026-03-01T12:00:02Z\",\"expires_at\":null,\"scope\":[\"write\"],\"last_used\":null,\"state\":\"revoked\"}"
                .formatted(third));
  }

  @Test
  void list_inAnUnknownFormat_isAUsageError() {
    assertThat(program.run("keys", "list", "--organization", "acme", "--output", "yaml"))
        .isEqualTo(2);
    assertThat(program.words()).startsWith("--output: yaml (expected: text or json)");
  }

  @Test
  void rotate_printsTheNewKeyAndEndsTheOldOneAfterTheOverlap() {
    program.keyService.ensureOrganization("acme", true);
    String old = program.keyService.create("acme", Scope.ALL, Optional.empty()).keyId();

    int exit = program.run("keys", "rotate", "--organization", "acme", "--overlap", "7d", old);

    assertThat(exit).isZero();
    assertThat(ApiKey.parse(program.data().strip())).isPresent();
    assertThat(program.words())
        .contains("replaces " + old + ", which expires 2026-03-08T12:00:00Z");
    assertThat(program.keys.find(old).orElseThrow().key().expiresAt())
        .hasValue(program.clock.instant().plus(Duration.ofDays(7)));
  }

  @Test
  void rotate_thatCannotPrintTheKey_fails_andSaysWhenTheOldOneEnds() {
    program.keyService.ensureOrganization("acme", true);
    String old = program.keyService.create("acme", Scope.ALL, Optional.empty()).keyId();
    program.full = true;

    assertThat(program.run("keys", "rotate", "--organization", "acme", "--overlap", "7d", old))
        .isEqualTo(1);

    assertThat(program.words().strip())
        .containsPattern("^key \\w{8} was created, but stdout can't be written, so nobody has it;")
        .endsWith(
            "; revoke it with keys revoke, and try again. The replaced key "
                + old
                + " expires at 2026-03-08T12:00:00Z");
  }

  @Test
  void rotate_json_isOneObjectWithTheNewKey_andTheEndOfTheOldOne() {
    program.keyService.ensureOrganization("acme", true);
    Instant soon = program.clock.instant().plusSeconds(60);
    String old = program.keyService.create("acme", Set.of(Scope.WRITE), Optional.of(soon)).keyId();

    assertThat(program.run("keys", "rotate", "--organization=acme", "--output=json", old)).isZero();

    String key = program.data().replaceFirst("^\\{\"key\":\"(\\w+)\".*\\R$", "$1");
    assertThat(program.data())
        .isEqualToNormalizingNewlines(
            "{\"key\":\"%s\",\"id\":\"%s\",\"organization\":\"acme\",\"scope\":[\"write\"],\"expires_at\":null,\"replaces\":\"%s\",\"replaced_expires_at\":\"2026-03-01T12:01:00Z\"}\n"
                .formatted(key, ApiKey.parse(key).orElseThrow().keyId(), old));
    assertThat(program.allWords())
        .contains("replaces " + old + ", which expires 2026-03-01T12:01:00Z.")
        .doesNotContain(key.substring(13));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "rotate 4fG7kQ2z", "revoke 4fG7kQ2z"})
  void unknownOrganization_isToldWithoutARemedyThatMakesIt(String command) {
    assertThat(program.run(("keys " + command + " --organization=beta").split(" "))).isEqualTo(1);
    assertThat(program.words())
        .isEqualToIgnoringNewLines(
            "organization beta does not exist; organizations list shows those that do");
  }

  @Test
  void revoke_endsTheKey() {
    program.keyService.ensureOrganization("acme", true);
    String key = program.keyService.create("acme", Scope.ALL, Optional.empty()).keyId();

    assertThat(program.run("keys", "revoke", "--organization", "acme", key)).isZero();

    assertThat(program.data()).isEmpty();
    assertThat(program.words())
        .isEqualToIgnoringNewLines("key " + key + " of organization acme revoked");
    assertThat(program.keys.find(key).orElseThrow().key().revokedAt()).isPresent();
  }

  @Test
  void revoke_wholeKeyInsteadOfItsId_isRefusedWithoutEchoingIt() {
    program.keyService.ensureOrganization("acme", true);
    String key = program.keyService.create("acme", Scope.ALL, Optional.empty()).text();

    assertThat(program.run("keys", "revoke", "--organization", "acme", key)).isEqualTo(2);
    assertThat(program.words())
        .contains("KEY_ID: 62 characters (expected: the 8 that keys list shows)")
        .doesNotContain(key);
  }

  @Test
  void keys_withoutACommand_namesThem() {
    assertThat(program.run("keys")).isEqualTo(2);
    assertThat(program.words()).contains("expected: one of create, list, rotate, revoke");
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }
}

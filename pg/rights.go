package pg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rights is what a service's user may do in his database, and nothing else.
type Rights struct {
	Version int64 // of the newest migration that the program needs
	// Tables gives the verbs allowed on each table of the schema public, in
	// alphabetical order with one space between.
	Tables map[string]string
	// InsertOnly are the tables that have the trigger insert_only.
	InsertOnly []string
}

// A Verdict is what Check thinks of something.
type Verdict string

// Every verdict. With something Wrong a service does not start.
const (
	Right    Verdict = "right"
	Doubtful Verdict = "doubtful"
	Wrong    Verdict = "wrong"
)

// A Finding is something that Check looked at, in a sentence in English; Sentence has it in French too.
type Finding struct {
	Verdict Verdict
	Text    string
}

// ErrUnfit says that a database or its user is not as the service needs them.
var ErrUnfit = errors.New("this database does not stand as it must: see isoloir check-store")

// Fit fails with ErrUnfit if Check finds something wrong.
func (db *DB) Fit(ctx context.Context, want Rights) error {
	findings, err := db.Check(ctx, want)
	if err != nil {
		return err
	}
	var wrong []error
	for _, f := range findings {
		if f.Verdict == Wrong {
			wrong = append(wrong, errors.New(f.Text))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: %w", ErrUnfit, errors.Join(wrong...))
	}
	return nil
}

// Check looks at the database as the service's user: at his rights, at who else may
// connect, and at the settings of the server. It changes nothing.
func (db *DB) Check(ctx context.Context, want Rights) (findings []Finding, err error) {
	ctx, cancel := deadline(ctx)
	defer cancel()
	version, err := db.version(ctx, want.Version)
	if err != nil {
		return nil, err
	}
	tables, err := db.tables(ctx, want.Tables)
	if err != nil {
		return nil, err
	}
	findings = append(version, tables...)
	for _, c := range slices.Concat(ofUser, ofDatabase(want), ofServer) {
		var text string
		found := len(findings)
		if err := db.Read(ctx, c.sql, c.args, []any{&text}, func() error {
			findings = append(findings, Finding{c.verdict, text})
			return nil
		}); err != nil {
			return nil, err
		}
		if len(findings) == found {
			findings = append(findings, Finding{Right, c.right})
		}
	}
	return findings, nil
}

func (db *DB) version(ctx context.Context, least int64) ([]Finding, error) {
	var server, version int64
	var name string
	if err := db.Read(ctx, "SELECT current_database(), current_setting('server_version_num')::int8", nil, []any{&name, &server}, func() error { return nil }); err != nil {
		return nil, err
	}
	if server < oldest {
		return []Finding{{Wrong, fmt.Sprintf("the server is PostgreSQL %d: 15 is the oldest that will do", server/10000)}}, nil
	}
	err := db.Read(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied", nil, []any{&version}, func() error { return nil })
	switch {
	case is(err, "42P01", "42501"):
	case err != nil:
		return nil, err
	}
	if version < least {
		return []Finding{{Wrong, fmt.Sprintf("database %s has migration %d and needs %d: its owner runs isoloir migrate-store", name, version, least)}}, nil
	}
	return []Finding{{Right, fmt.Sprintf("PostgreSQL %d, database %s, migration %d", server/10000, name, version)}}, nil
}

// tables compares the verbs on each table, those on some of its columns too.
func (db *DB) tables(ctx context.Context, want map[string]string) (findings []Finding, err error) {
	has := map[string]string{}
	var name, verbs string
	err = db.Read(ctx, `
		SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END,
			string_agg(DISTINCT verb, ' ' ORDER BY verb)
		FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
		CROSS JOIN LATERAL (
			SELECT privilege_type || CASE WHEN is_grantable THEN ' and to grant it' ELSE '' END AS verb, grantee FROM aclexplode(relacl)
			UNION SELECT privilege_type || CASE WHEN is_grantable THEN ' and to grant it' ELSE '' END, grantee
				FROM pg_attribute, LATERAL aclexplode(attacl) WHERE attrelid = pg_class.oid) AS given
		WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' AND grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
		GROUP BY nspname, relname`, nil, []any{&name, &verbs}, func() error {
		has[name] = verbs
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch has[name] {
		case want[name]:
			findings = append(findings, Finding{Right, fmt.Sprintf("table %s: %s", name, strings.ToLower(want[name]))})
		case "":
			findings = append(findings, Finding{Wrong, fmt.Sprintf("table %s: the user may not %s", name, strings.ToLower(want[name]))})
		default:
			findings = append(findings, Finding{Wrong, fmt.Sprintf("table %s: the user may %s, and should %s", name, strings.ToLower(has[name]), strings.ToLower(want[name]))})
		}
		delete(has, name)
	}
	for _, name := range slices.Sorted(maps.Keys(has)) {
		findings = append(findings, Finding{Wrong, fmt.Sprintf("table %s: the user may %s, and has nothing to do there", name, strings.ToLower(has[name]))})
	}
	return findings, nil
}

// A check lists what is not as it should be, one sentence for each row.
type check struct {
	verdict Verdict
	right   string // what holds when no row comes
	sql     string
	args    []any
}

var ofUser = []check{
	{Wrong, "the user is no administrator of any kind", `
		SELECT format('user %s is %s', rolname, what) FROM pg_roles, LATERAL (VALUES (rolsuper, 'a superuser'), (rolcreatedb, 'allowed to make databases'),
			(rolcreaterole, 'allowed to make users'), (rolreplication, 'allowed to replicate the server'), (rolbypassrls, 'above row security')) AS a (has, what)
		WHERE rolname = current_user AND has`, nil},
	{Wrong, "the user is a member of no other role", `
		SELECT format('user %s has all the rights of %s, being a member', current_user, g.rolname)
		FROM pg_auth_members JOIN pg_roles AS g ON g.oid = roleid JOIN pg_roles AS m ON m.oid = member WHERE m.rolname = current_user`, nil},
	{Wrong, "the user owns nothing", `
		SELECT format('user %s owns %s object(s)', current_user, count(*)) FROM pg_shdepend
		WHERE refclassid = 'pg_authid'::regclass AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND deptype = 'o' HAVING count(*) > 0`, nil},
	{Doubtful, "the user has rights in no other database of the server", `
		SELECT format('user %s has rights in another database of the server, on %s object(s): that may be an older urn or roll, and never the one with the other', current_user, count(*)) FROM pg_shdepend
		WHERE refclassid = 'pg_authid'::regclass AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND deptype = 'a'
			AND (dbid <> 0 AND dbid <> (SELECT oid FROM pg_database WHERE datname = current_database())
				OR classid = 'pg_database'::regclass AND objid <> (SELECT oid FROM pg_database WHERE datname = current_database()))
		HAVING count(*) > 0`, nil},
}

func ofDatabase(want Rights) []check {
	return []check{
		{Wrong, "the user makes nothing, temporary tables neither", `
			SELECT format('user %s may make schemas or temporary tables in database %s', current_user, current_database())
				WHERE has_database_privilege(current_database(), 'CREATE') OR has_database_privilege(current_database(), 'TEMP')
			UNION ALL SELECT format('user %s may make tables in schema %s', current_user, nspname) FROM pg_namespace
				WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'CREATE')`, nil},
		{Wrong, "no function lends its owner's rights", `
			SELECT format('function %s runs with the rights of its owner', pg_proc.oid::regprocedure) FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
			WHERE prosecdef AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'`, nil},
		{Wrong, "tables that are only added to refuse anything else to their owner too", `
			SELECT format('table %s has lost its trigger insert_only', name) FROM unnest($1::text[]) AS name
			WHERE NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass('public.' || name) AND tgname = 'insert_only' AND tgenabled IN ('O', 'A'))`, []any{want.InsertOnly}},
		{Wrong, "not everybody may connect to the database", `
			SELECT format('every user of the server may connect to database %s: REVOKE ALL ON DATABASE %1$s FROM PUBLIC', current_database())
			WHERE has_database_privilege('public', current_database(), 'CONNECT')`, nil},
		{Doubtful, "nobody else may connect to the database but its owner", `
			SELECT format('user %s may connect to database %s too: nobody may be a user of both databases', rolname, current_database()) FROM pg_roles, pg_database
			WHERE datname = current_database() AND rolcanlogin AND NOT rolsuper AND pg_roles.oid <> datdba AND rolname <> current_user
				AND has_database_privilege(pg_roles.oid, pg_database.oid, 'CONNECT') AND NOT has_database_privilege('public', current_database(), 'CONNECT')`, nil},
	}
}

var ofServer = []check{
	{Wrong, "a commit is on the disk before it is answered", `
		SELECT format('setting %s is off: what was promised could be lost', name) FROM pg_settings
		WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'`, nil},
	{Wrong, "the server keeps no time of commits", `
		SELECT 'setting track_commit_timestamp is on: it dates every row' FROM pg_settings WHERE name = 'track_commit_timestamp' AND setting = 'on'`, nil},
	{Wrong, "the server's log says nothing of what the service does", `
		SELECT format('setting %s is %s for this user: the server would write dated statements to its log', name, setting) FROM pg_settings
		WHERE name IN ('log_statement', 'pgaudit.log') AND setting <> 'none' OR name = 'log_duration' AND setting = 'on'
			OR name IN ('log_min_duration_statement', 'log_min_duration_sample', 'auto_explain.log_min_duration') AND setting <> '-1'
			OR name = 'log_transaction_sample_rate' AND setting <> '0'`, nil},
	{Doubtful, "errors in the server's log hold no values", `
		SELECT format('setting %s is %s for this user: an error in the server''s log could hold values of a row', name, setting) FROM pg_settings
		WHERE name = 'log_error_verbosity' AND setting <> 'terse' OR name = 'log_parameter_max_length_on_error' AND setting <> '0'`, nil},
	{Doubtful, "the write-ahead log is not archived", `
		SELECT 'setting archive_mode is on: the archive dates every write, and keeps what was deleted; see docs/postgresql.md' FROM pg_settings WHERE name = 'archive_mode' AND setting <> 'off'`, nil},
	{Doubtful, "the write-ahead log is not decoded", `
		SELECT 'setting wal_level is logical: who has a replication slot reads every write' FROM pg_settings WHERE name = 'wal_level' AND setting = 'logical'`, nil},
	{Doubtful, "pages have checksums", `
		SELECT 'the cluster was made without checksums of its pages (initdb -k): damage by the disk can go unseen' FROM pg_settings WHERE name = 'data_checksums' AND setting <> 'on'`, nil},
	{Doubtful, "the connection is encrypted, or stays on this machine", `
		SELECT format('the connection to %s is not encrypted: add sslmode=verify-full to the connection string', host(inet_server_addr())) FROM pg_stat_ssl
		WHERE pid = pg_backend_pid() AND NOT ssl AND inet_server_addr() IS NOT NULL AND NOT inet_server_addr() << '127.0.0.0/8'::inet`, nil},
}

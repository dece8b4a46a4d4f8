extension Schema {
    /// The first schema. Each invariant stands here and not in the code alone, because the ledger outlives the code:
    /// whatever program writes, what is in here stays true.
    static let version1 = """
        -- A file's content, known by its SHA-256, wherever it lies.
        CREATE TABLE artifact (
            sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
            size INTEGER NOT NULL CHECK (size >= 0)  -- bytes
        ) STRICT, WITHOUT ROWID;

        -- Where a content was seen, and in which state the file was then. Paths are text with %XX for bytes that are not
        -- UTF-8, control characters and % itself, as in the names of models.
        CREATE TABLE artifact_seen (
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL REFERENCES artifact,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL,
            changed_ns INTEGER NOT NULL,
            first_seen INTEGER NOT NULL,             -- all times: microseconds of UTC since 1970
            last_seen INTEGER NOT NULL,
            PRIMARY KEY (path, sha256)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX artifact_seen_by_content ON artifact_seen (sha256);

        -- One attempt at one triple. AUTOINCREMENT: the number names a folder and stands in statements, so it is never
        -- given twice, not even after the run was dropped.
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
            uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36),
            model TEXT NOT NULL CHECK (model <> ''),
            trigger TEXT NOT NULL CHECK (trigger IN ('watch', 'retry')),
            status TEXT NOT NULL
                CHECK (status IN ('queued', 'running', 'published', 'rejected', 'failed', 'cached')),
            verdict TEXT CHECK (verdict IN ('PASSED', 'WARNED', 'FAILED')),
            message TEXT CHECK (message <> ''),
            queued_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            -- When something last happened to it. No CHECK compares times: clocks jump back.
            at INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(finished_at, started_at, queued_at)) VIRTUAL,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            float_storage TEXT CHECK (float_storage IN ('keep', 'fp16')),
            -- JSON. Not json_valid(): SQLite 3.40 takes it for unsafe in a schema that is not trusted.
            settings TEXT CHECK (settings GLOB '{*}'),
            settings_sha256 TEXT CHECK (length(settings_sha256) = 64 AND settings_sha256 NOT GLOB '*[^0-9a-f]*'),
            builder_version TEXT CHECK (builder_version <> ''),
            layers INTEGER CHECK (layers >= 0),
            int8_layers INTEGER CHECK (int8_layers BETWEEN 0 AND layers),
            bytes_before INTEGER CHECK (bytes_before >= 0),
            bytes_after INTEGER CHECK (bytes_after >= 0),
            worst_sqnr_db REAL,                      -- of the weights, over the layers
            worst_layer TEXT,
            cosine REAL,                             -- the lowest over the outputs
            top1_float REAL,
            top1_int8 REAL,
            folder TEXT CHECK (folder <> ''),
            cached_from INTEGER REFERENCES run CHECK (cached_from < id),
            -- When its folder and the lines of its layers were removed to save room; the row says what they were.
            pruned_at INTEGER,

            -- A run that has ended has its time, and only such a one.
            CHECK ((finished_at IS NOT NULL) = (status IN ('published', 'rejected', 'failed', 'cached'))),
            -- The attempt is counted before it is made, so that one that kills the daemon is counted too.
            CHECK (status <> 'running' OR (started_at IS NOT NULL AND attempts > 0)),
            CHECK (status <> 'queued' OR started_at IS NULL),
            -- What made a result is known whole or not at all; only a run that never began may lack it.
            CHECK ((settings IS NULL) = (settings_sha256 IS NULL) AND (settings IS NULL) = (builder_version IS NULL)
                AND (settings IS NULL) = (float_storage IS NULL)),
            CHECK (status IN ('queued', 'failed') OR settings IS NOT NULL),
            -- A result lies somewhere, and nothing else does.
            CHECK ((folder IS NOT NULL) = (status IN ('published', 'cached'))),
            CHECK ((cached_from IS NOT NULL) = (status = 'cached')),
            -- What did not lead to a result says why.
            CHECK (status NOT IN ('rejected', 'failed') OR message IS NOT NULL),
            -- The gate speaks of results: what it fails is rejected, what is rejected it failed.
            CHECK ((verdict IS NOT NULL AND verdict = 'FAILED') = (status = 'rejected')),
            CHECK (verdict IS NULL OR status IN ('published', 'rejected', 'cached')),
            CHECK (pruned_at IS NULL OR status IN ('published', 'rejected', 'cached'))
        ) STRICT;
        -- It ends with the number, which is the rowid.
        CREATE INDEX run_by_model ON run (model);
        -- For each status and verdict the latest first: the history merges those that are asked for. With the model, so
        -- that those that are not asked for need not be looked up.
        CREATE INDEX run_by_state ON run (status, verdict, at, id, model);
        CREATE INDEX run_pruned ON run (pruned_at, model) WHERE pruned_at IS NOT NULL;
        CREATE INDEX run_by_source ON run (cached_from) WHERE cached_from IS NOT NULL;
        -- Two attempts at one model at once would race for its `latest`.
        CREATE UNIQUE INDEX run_running_once ON run (model) WHERE status = 'running';

        CREATE TRIGGER run_is_born_queued BEFORE INSERT ON run
        WHEN new.status <> 'queued' OR new.attempts <> 0
        BEGIN SELECT RAISE(ABORT, 'a run is born queued'); END;

        -- INSERT OR REPLACE would remove a run without asking the triggers for DELETE.
        CREATE TRIGGER run_number_is_new BEFORE INSERT ON run
        WHEN EXISTS (SELECT 1 FROM run WHERE id = new.id OR uuid = new.uuid)
        BEGIN SELECT RAISE(ABORT, 'a run number is given once'); END;

        CREATE TRIGGER run_keeps_its_name BEFORE UPDATE OF id, uuid, model, queued_at ON run
        WHEN new.id <> old.id OR new.uuid <> old.uuid OR new.model <> old.model OR new.queued_at <> old.queued_at
        BEGIN SELECT RAISE(ABORT, 'a run keeps its number, model and time'); END;

        -- Every column but pruned_at.
        CREATE TRIGGER run_ended_is_final BEFORE UPDATE OF id, uuid, model, trigger, status, verdict, message,
            queued_at, started_at, finished_at, attempts, float_storage, settings, settings_sha256, builder_version,
            layers, int8_layers, bytes_before, bytes_after, worst_sqnr_db, worst_layer, cosine, top1_float, top1_int8,
            folder, cached_from ON run
        WHEN old.status IN ('published', 'rejected', 'failed', 'cached')
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;

        CREATE TRIGGER run_is_pruned_once BEFORE UPDATE OF pruned_at ON run
        WHEN old.pruned_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run is pruned once'); END;

        -- Whatever the retention says, a model keeps the last result that it has.
        CREATE TRIGGER run_last_result_stays BEFORE UPDATE OF pruned_at ON run
        WHEN new.pruned_at IS NOT NULL AND new.status IN ('published', 'cached') AND NOT EXISTS (
            SELECT 1 FROM run WHERE model = new.model AND id > new.id AND status IN ('published', 'cached')
                AND pruned_at IS NULL)
        BEGIN SELECT RAISE(ABORT, 'the latest result of a model is never pruned'); END;

        CREATE TRIGGER run_ended_stays BEFORE DELETE ON run
        WHEN old.status IN ('published', 'rejected', 'failed', 'cached')
        BEGIN SELECT RAISE(ABORT, 'a run that has ended is never removed'); END;

        -- queued -> running -> an end. A queued run can only fail: nothing was made yet.
        CREATE TRIGGER run_goes_forward BEFORE UPDATE OF status ON run
        WHEN old.status = 'queued' AND new.status NOT IN ('queued', 'running', 'failed')
        BEGIN SELECT RAISE(ABORT, 'a run runs before it ends'); END;

        -- Attempts are only ever counted up.
        CREATE TRIGGER run_attempts_count_up BEFORE UPDATE OF attempts ON run
        WHEN new.attempts < old.attempts
        BEGIN SELECT RAISE(ABORT, 'attempts only count up'); END;

        -- How many runs there are: counting a million of them would take longer than anyone waits for `status`.
        CREATE TABLE run_count (
            status TEXT NOT NULL PRIMARY KEY,
            runs INTEGER NOT NULL DEFAULT 0 CHECK (runs >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO run_count (status)
        VALUES ('queued'), ('running'), ('published'), ('rejected'), ('failed'), ('cached');

        -- The models that have runs: names are found here, not among the runs.
        CREATE TABLE model (
            name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
            runs INTEGER NOT NULL CHECK (runs > 0)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER run_is_counted AFTER INSERT ON run
        BEGIN
            UPDATE run_count SET runs = runs + 1 WHERE status = new.status;
            INSERT INTO model (name, runs) VALUES (new.model, 1) ON CONFLICT (name) DO UPDATE SET runs = runs + 1;
        END;

        CREATE TRIGGER run_is_counted_anew AFTER UPDATE OF status ON run WHEN new.status <> old.status
        BEGIN
            UPDATE run_count SET runs = runs - 1 WHERE status = old.status;
            UPDATE run_count SET runs = runs + 1 WHERE status = new.status;
        END;

        CREATE TRIGGER run_is_counted_no_more AFTER DELETE ON run
        BEGIN
            UPDATE run_count SET runs = runs - 1 WHERE status = old.status;
            DELETE FROM model WHERE name = old.model AND runs = 1;
            UPDATE model SET runs = runs - 1 WHERE name = old.model;
        END;

        -- A copy of a copy would hide who computed.
        CREATE TRIGGER run_cached_names_the_first BEFORE UPDATE OF cached_from ON run
        WHEN new.cached_from IS NOT NULL
            AND (SELECT status FROM run WHERE id = new.cached_from) IS NOT 'published'
        BEGIN SELECT RAISE(ABORT, 'a cached run names a published one'); END;

        -- What a run read and made. An input's content is unknown until it was read.
        CREATE TABLE run_io (
            run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN
                ('param', 'bin', 'table', 'settings', 'int8.param', 'int8.bin', 'statement', 'signature', 'sums')),
            direction TEXT NOT NULL GENERATED ALWAYS AS
                (CASE WHEN role IN ('param', 'bin', 'table', 'settings') THEN 'input' ELSE 'output' END) VIRTUAL,
            path TEXT NOT NULL CHECK (path <> ''),
            sha256 TEXT REFERENCES artifact,
            -- The state in which an input was seen, to know it again without reading it.
            device INTEGER,
            inode INTEGER,
            size INTEGER CHECK (size >= 0),
            modified_ns INTEGER,
            changed_ns INTEGER,
            PRIMARY KEY (run, role),
            CHECK (sha256 IS NOT NULL OR role IN ('param', 'bin', 'table', 'settings')),
            CHECK ((device IS NULL) = (inode IS NULL) AND (device IS NULL) = (size IS NULL)
                AND (device IS NULL) = (modified_ns IS NULL) AND (device IS NULL) = (changed_ns IS NULL)),
            CHECK (device IS NULL OR role IN ('param', 'bin', 'table', 'settings'))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_io_by_content ON run_io (sha256);

        -- A year later the ledger says which bytes a model came from, so it may not end without knowing them.
        CREATE TRIGGER run_result_knows_its_bytes BEFORE UPDATE OF status ON run
        WHEN new.status IN ('published', 'cached') AND (
            EXISTS (SELECT 1 FROM run_io WHERE run = new.id AND sha256 IS NULL)
            OR (SELECT count(*) FROM run_io WHERE run = new.id
                AND role IN ('param', 'bin', 'int8.param', 'int8.bin')) <> 4)
        BEGIN SELECT RAISE(ABORT, 'a result knows the content of what it was made of and of what was made'); END;

        -- One line a layer.
        CREATE TABLE layer (
            run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            idx INTEGER NOT NULL CHECK (idx >= 0),
            name TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type <> ''),
            decision TEXT NOT NULL CHECK (decision IN ('int8', 'float')),
            reason_code TEXT CHECK (reason_code <> ''),
            reason TEXT,
            storage_before TEXT NOT NULL,
            storage_after TEXT NOT NULL,
            bytes_before INTEGER NOT NULL CHECK (bytes_before >= 0),
            bytes_after INTEGER NOT NULL CHECK (bytes_after >= 0),
            weight_count INTEGER NOT NULL CHECK (weight_count >= 0),
            scale_min REAL,
            scale_max REAL CHECK (scale_max >= scale_min),
            activation_scale REAL,
            top_scale REAL,
            dead_channels INTEGER NOT NULL CHECK (dead_channels >= 0),
            sqnr_db REAL,
            cosine REAL,
            rmse_over_step REAL,
            max_error REAL,
            clipped_fraction REAL CHECK (clipped_fraction BETWEEN 0 AND 1),
            -- Of the layer's tops on the same inputs: this layer alone int8, and the whole model int8.
            local_sqnr_db REAL,
            local_cosine REAL,
            accumulated_sqnr_db REAL,
            accumulated_cosine REAL,
            notes TEXT NOT NULL DEFAULT '[]' CHECK (notes GLOB '[[]*]'),
            PRIMARY KEY (run, idx),
            -- A layer that stayed float says why, and only such a one.
            CHECK ((decision = 'float') = (reason_code IS NOT NULL)),
            CHECK ((reason_code IS NULL) = (reason IS NULL)),
            CHECK ((scale_min IS NULL) = (scale_max IS NULL))
        ) STRICT, WITHOUT ROWID;

        -- One figure of a run for both twins. What could not be had is NULL with a reason, never something else under
        -- its name.
        CREATE TABLE metric (
            run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            type TEXT NOT NULL CHECK (type <> ''),
            slice TEXT NOT NULL DEFAULT '',
            value_float REAL,
            value_int8 REAL,
            delta REAL GENERATED ALWAYS AS (value_int8 - value_float) VIRTUAL,
            n INTEGER NOT NULL CHECK (n >= 0),
            ci_low REAL,
            ci_high REAL CHECK (ci_high >= ci_low),
            dataset TEXT CHECK (dataset <> ''),
            dataset_sha256 TEXT CHECK (length(dataset_sha256) = 64 AND dataset_sha256 NOT GLOB '*[^0-9a-f]*'),
            reason TEXT CHECK (reason <> ''),
            PRIMARY KEY (run, type, slice),
            CHECK (value_int8 IS NOT NULL OR reason IS NOT NULL),
            CHECK ((ci_low IS NULL) = (ci_high IS NULL))
        ) STRICT, WITHOUT ROWID;

        -- Details belong to their run and end with it. Of a run that was pruned, the lines of layers go too; what it read
        -- and made and what was measured stay, because its statement is made of them.
        CREATE TRIGGER run_io_ended_insert BEFORE INSERT ON run_io
        WHEN (SELECT finished_at FROM run WHERE id = new.run) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;
        CREATE TRIGGER run_io_ended_update BEFORE UPDATE ON run_io
        WHEN (SELECT finished_at FROM run WHERE id = old.run) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;
        CREATE TRIGGER run_io_ended_delete BEFORE DELETE ON run_io
        WHEN (SELECT finished_at FROM run WHERE id = old.run) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;
        CREATE TRIGGER layer_ended_insert BEFORE INSERT ON layer
        WHEN (SELECT finished_at FROM run WHERE id = new.run) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;
        CREATE TRIGGER layer_update BEFORE UPDATE ON layer
        BEGIN SELECT RAISE(ABORT, 'the line of a layer never changes'); END;
        -- A cached run shows the layers of the run that computed.
        CREATE TRIGGER layer_ended_delete BEFORE DELETE ON layer
        WHEN EXISTS (SELECT 1 FROM run WHERE id = old.run AND finished_at IS NOT NULL AND pruned_at IS NULL)
            OR EXISTS (SELECT 1 FROM run WHERE cached_from = old.run AND pruned_at IS NULL)
        BEGIN SELECT RAISE(ABORT, 'the layers of a run stay until it is pruned'); END;
        CREATE TRIGGER metric_ended_insert BEFORE INSERT ON metric
        WHEN (SELECT finished_at FROM run WHERE id = new.run) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a run that has ended never changes'); END;
        CREATE TRIGGER metric_update BEFORE UPDATE ON metric
        BEGIN SELECT RAISE(ABORT, 'a metric never changes'); END;
        CREATE TRIGGER metric_ended_delete BEFORE DELETE ON metric
        WHEN EXISTS (SELECT 1 FROM run WHERE id = old.run AND finished_at IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, 'the metrics of a run that has ended stay'); END;

        -- What happened, for people; only ever added to.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            run INTEGER REFERENCES run ON DELETE SET NULL,
            model TEXT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind <> ''),
            message TEXT NOT NULL,
            -- The request that this answers, a UUID.
            request TEXT CHECK (length(request) = 36)
        ) STRICT;
        -- A request is answered once; whoever asked finds the answer by this.
        CREATE UNIQUE INDEX event_by_request ON event (request) WHERE request IS NOT NULL;
        CREATE INDEX event_by_run ON event (run);
        CREATE INDEX event_by_time ON event (at);

        -- The models that wait now, so that `status` can be answered from this file alone. since: when the waiting began.
        CREATE TABLE waiting (
            model TEXT NOT NULL PRIMARY KEY CHECK (model <> ''),
            since INTEGER NOT NULL,
            reason_code TEXT NOT NULL CHECK (reason_code <> ''),
            clause TEXT NOT NULL CHECK (clause <> '')
        ) STRICT, WITHOUT ROWID;

        -- How far the runs have come that run now, for `status`. A moment's news, not history: it goes with the running.
        CREATE TABLE progress (
            run INTEGER NOT NULL PRIMARY KEY REFERENCES run ON DELETE CASCADE,
            step TEXT NOT NULL CHECK (step <> ''),
            done INTEGER NOT NULL CHECK (done >= 0),
            total INTEGER NOT NULL CHECK (total >= 0),  -- 0 where nobody knows
            at INTEGER NOT NULL
        ) STRICT;

        CREATE TRIGGER run_progress_ends AFTER UPDATE OF status ON run WHEN old.status = 'running'
        BEGIN DELETE FROM progress WHERE run = old.id; END;

        -- The daemon that writes here, or wrote here last: one row.
        CREATE TABLE daemon (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            pid INTEGER NOT NULL CHECK (pid > 0),
            version TEXT NOT NULL CHECK (version <> ''),
            started_at INTEGER NOT NULL,
            heartbeat_at INTEGER NOT NULL,
            stopped_at INTEGER,
            watch_mode TEXT NOT NULL CHECK (watch_mode IN ('inotify', 'polling', 'degraded')),
            watch_clause TEXT CHECK (watch_clause <> ''),
            models_folder TEXT NOT NULL CHECK (models_folder <> ''),
            output_folder TEXT NOT NULL CHECK (output_folder <> ''),
            last_scan_at INTEGER,
            -- A watch that is less than it should be says why.
            CHECK (watch_mode <> 'degraded' OR watch_clause IS NOT NULL)
        ) STRICT;

        -- The views are for people with sqlite3: their names and columns stay, new columns come at the end.
        CREATE VIEW history AS
        SELECT id AS run, model, status, verdict, message,
            strftime('%Y-%m-%dT%H:%M:%fZ', queued_at / 1e6, 'unixepoch') AS queued,
            strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1e6, 'unixepoch') AS started,
            strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1e6, 'unixepoch') AS finished,
            (finished_at - started_at) / 1e6 AS seconds,
            layers, int8_layers, bytes_before, bytes_after, worst_sqnr_db, worst_layer, folder, cached_from, attempts,
            trigger, float_storage, settings_sha256, builder_version, uuid,
            strftime('%Y-%m-%dT%H:%M:%fZ', pruned_at / 1e6, 'unixepoch') AS pruned, cosine, top1_float, top1_int8
        FROM run;

        -- A cached run shows the layers of the run that computed.
        CREATE VIEW layer_report AS
        SELECT run.id AS run, run.model, layer.idx, layer.name, layer.type, layer.decision, layer.reason_code,
            layer.reason, layer.storage_before, layer.storage_after, layer.bytes_before, layer.bytes_after,
            layer.weight_count, layer.scale_min, layer.scale_max, layer.activation_scale, layer.top_scale,
            layer.dead_channels, layer.sqnr_db, layer.cosine, layer.rmse_over_step, layer.max_error,
            layer.clipped_fraction, layer.local_sqnr_db, layer.local_cosine, layer.accumulated_sqnr_db,
            layer.accumulated_cosine, layer.notes
        FROM run JOIN layer ON layer.run = coalesce(run.cached_from, run.id);
        """
}

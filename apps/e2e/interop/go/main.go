// Drives an unmodified MaxCompute Go SDK from JSON lines: one request a line on stdin, one answer a line on stdout.
// Values travel in the conventions of the golden vectors, so that one comparison serves every client.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/aliyun/aliyun-odps-go-sdk/odps"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/account"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/data"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/datatype"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/restclient"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tableschema"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tunnel"
)

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type request struct {
	Op              string          `json:"op"`
	Endpoint        string          `json:"endpoint"`
	TunnelEndpoint  string          `json:"tunnelEndpoint"`
	Project         string          `json:"project"`
	AccessID        string          `json:"accessId"`
	AccessKey       string          `json:"accessKey"`
	Region          string          `json:"region"`
	Schema          string          `json:"schema"`
	Table           string          `json:"table"`
	Columns         json.RawMessage `json:"columns"`
	PartitionKeys   []column        `json:"partitionKeys"`
	Partition       string          `json:"partition"`
	CreatePartition bool            `json:"createPartition"`
	Overwrite       bool            `json:"overwrite"`
	Compression     string          `json:"compression"`
	Writer          string          `json:"writer"`
	Format          string          `json:"format"`
	Blocks          [][][]any       `json:"blocks"`
	Rows            [][]any         `json:"rows"`
	Start           int             `json:"start"`
	Count           *int            `json:"count"`
	Limit           int64           `json:"limit"`
	Text            string          `json:"text"`
	Tunnel          bool            `json:"tunnel"`
	Prefix          string          `json:"prefix"`
	Seconds         int64           `json:"seconds"`
	Nanos           int32           `json:"nanos"`
}

type answer map[string]any

type adapter struct {
	odps    *odps.Odps
	tunnel  *tunnel.Tunnel
	project string
	schema  string
}

func (a *adapter) handle(q *request) (answer, error) {
	switch q.Op {
	case "init":
		return a.init(q)
	case "create-table":
		return a.createTable(q)
	case "describe":
		return a.describe(q)
	case "list-tables":
		return a.listTables(q)
	case "drop-table":
		if err := a.odps.Tables().Delete(q.Table, false); err != nil {
			return nil, err
		}
		exists, err := a.table(q.Table).Exists()
		return answer{"exists": exists}, err
	case "create-partition":
		return a.createPartition(q)
	case "sql", "run-sql":
		return a.sql(q)
	case "upload":
		return a.upload(q)
	case "commit-wrong-list":
		return a.commitWrongList(q)
	case "download":
		return a.download(q)
	case "preview":
		return a.preview(q)
	case "stream":
		return a.stream(q)
	case "make-interval":
		made := data.NewIntervalDayTime(q.Seconds, q.Nanos)
		return answer{"seconds": made.Seconds(), "nanos": made.NanosFraction()}, nil
	}
	return nil, fmt.Errorf("unsupported: this client has no %s", q.Op)
}

func (a *adapter) init(q *request) (answer, error) {
	var acc account.Account = account.NewAliyunAccount(q.AccessID, q.AccessKey)
	if q.Region != "" {
		acc = account.NewAliyunAccount(q.AccessID, q.AccessKey, q.Region)
	}
	a.odps = odps.NewOdps(acc, q.Endpoint)
	a.odps.SetDefaultProjectName(q.Project)
	if q.Schema != "" {
		a.odps.SetCurrentSchemaName(q.Schema)
	}
	a.project = q.Project
	a.schema = q.Schema
	if q.TunnelEndpoint != "" {
		a.tunnel = tunnel.NewTunnel(a.odps, q.TunnelEndpoint)
	} else {
		a.tunnel = tunnel.NewTunnel(a.odps)
	}
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "github.com/aliyun/aliyun-odps-go-sdk" {
				version = dep.Version
			}
		}
	}
	return answer{"client": "go", "version": version}, nil
}

func (a *adapter) table(name string) *odps.Table {
	return odps.NewTable(a.odps, a.project, a.schema, name)
}

func columnsOf(raw json.RawMessage) ([]column, error) {
	var columns []column
	return columns, json.Unmarshal(raw, &columns)
}

func schemaColumn(c column) (tableschema.Column, error) {
	kind, err := datatype.ParseDataType(c.Type)
	return tableschema.Column{Name: c.Name, Type: kind}, err
}

func (a *adapter) createTable(q *request) (answer, error) {
	columns, err := columnsOf(q.Columns)
	if err != nil {
		return nil, err
	}
	builder := tableschema.NewSchemaBuilder()
	builder.Name(q.Table)
	for _, c := range columns {
		made, err := schemaColumn(c)
		if err != nil {
			return nil, err
		}
		builder.Column(made)
	}
	for _, c := range q.PartitionKeys {
		made, err := schemaColumn(c)
		if err != nil {
			return nil, err
		}
		builder.PartitionColumn(made)
	}
	if err := odps.NewTables(a.odps, a.project, a.schema).Create(builder.Build(), false, nil, nil); err != nil {
		return nil, err
	}
	exists, err := a.table(q.Table).Exists()
	return answer{"exists": exists}, err
}

func (a *adapter) describe(q *request) (answer, error) {
	table := a.table(q.Table)
	if err := table.Load(); err != nil {
		return nil, err
	}
	schema := table.Schema()
	list := func(columns []tableschema.Column) []column {
		out := []column{}
		for _, c := range columns {
			out = append(out, column{c.Name, c.Type.Name()})
		}
		return out
	}
	return answer{"columns": list(schema.Columns), "partitionKeys": list(schema.PartitionColumns)}, nil
}

func (a *adapter) listTables(q *request) (answer, error) {
	names := []string{}
	var failed error
	odps.NewTables(a.odps, a.project, a.schema).List(func(t *odps.Table, err error) {
		if err != nil {
			failed = err
			return
		}
		names = append(names, t.Name())
	}, odps.TableFilter.NamePrefix(q.Prefix))
	return answer{"tables": names}, failed
}

func (a *adapter) createPartition(q *request) (answer, error) {
	table := a.table(q.Table)
	if err := table.AddPartition(true, q.Partition); err != nil {
		return nil, err
	}
	values, err := table.GetPartitionValues()
	return answer{"partitions": values}, err
}

func (a *adapter) sql(q *request) (answer, error) {
	task := odps.NewAnonymousSQLTask(q.Text, nil)
	instance, err := task.Run(a.odps, a.project)
	if err != nil {
		return nil, err
	}
	if err := instance.WaitForSuccess(); err != nil {
		return nil, err
	}
	if q.Op == "run-sql" {
		return answer{}, nil
	}
	if q.Tunnel {
		session, err := a.tunnel.CreateInstanceResultDownloadSession(a.project, instance.Id())
		if err != nil {
			return nil, err
		}
		reader, err := session.OpenRecordReader(0, session.RecordCount(), 0, nil)
		if err != nil {
			return nil, err
		}
		rows, err := readAll(reader)
		return answer{"rows": rows}, err
	}
	results, err := instance.GetResult()
	if err != nil {
		return nil, err
	}
	text := ""
	if len(results) > 0 {
		text = results[0].Content()
	}
	return answer{"text": text}, nil
}

func (a *adapter) options(q *request) ([]tunnel.Option, error) {
	var options []tunnel.Option
	if q.Partition != "" {
		options = append(options, tunnel.SessionCfg.WithPartitionKey(q.Partition))
	}
	if q.CreatePartition {
		options = append(options, tunnel.SessionCfg.WithCreatePartition())
	}
	if q.Overwrite {
		options = append(options, tunnel.SessionCfg.Overwrite())
	}
	schema := q.Schema
	if schema == "" {
		schema = a.schema
	}
	if schema != "" {
		options = append(options, tunnel.SessionCfg.WithSchemaName(schema))
	}
	switch q.Compression {
	case "", "none":
	case "deflate":
		options = append(options, tunnel.SessionCfg.WithDefaultDeflateCompressor())
	case "snappy":
		options = append(options, tunnel.SessionCfg.WithSnappyFramedCompressor())
	case "zstd":
		options = append(options, tunnel.SessionCfg.WithDefaultZstdCompressor())
	default:
		return nil, fmt.Errorf("unsupported: this client has no %s", q.Compression)
	}
	return options, nil
}

func (a *adapter) upload(q *request) (answer, error) {
	options, err := a.options(q)
	if err != nil {
		return nil, err
	}
	session, err := a.tunnel.CreateUploadSession(a.project, q.Table, options...)
	if err != nil {
		return nil, err
	}
	ids := []int{}
	for id, rows := range q.Blocks {
		if err := writeBlock(session, id, rows, q.Writer); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := session.Load(); err != nil {
		return nil, err
	}
	listed := session.BlockIds()
	if err := session.Commit(ids); err != nil {
		return nil, err
	}
	return answer{"blocks": len(ids), "listed": listed}, nil
}

func writeBlock(session *tunnel.UploadSession, id int, rows [][]any, writer string) error {
	columns := session.Schema().Columns
	switch writer {
	case "records":
		out, err := session.OpenRecordWriter(id)
		if err != nil {
			return err
		}
		for _, row := range rows {
			record, err := toRecord(row, columns)
			if err != nil {
				return err
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
		return out.Close()
	case "arrow":
		batch, err := toArrow(rows, columns, session.ArrowSchema())
		if err != nil {
			return err
		}
		defer batch.Release()
		out, err := session.OpenRecordArrowWriter(id)
		if err != nil {
			return err
		}
		if err := out.WriteArrowRecord(batch); err != nil {
			return err
		}
		return out.Close()
	}
	return fmt.Errorf("unsupported: this client has no %s writer", writer)
}

func (a *adapter) commitWrongList(q *request) (answer, error) {
	session, err := a.tunnel.CreateUploadSession(a.project, q.Table)
	if err != nil {
		return nil, err
	}
	if err := writeBlock(session, 0, q.Rows, "records"); err != nil {
		return nil, err
	}
	return answer{}, session.Commit([]int{0, 1})
}

func (a *adapter) download(q *request) (answer, error) {
	options, err := a.options(q)
	if err != nil {
		return nil, err
	}
	session, err := a.tunnel.CreateDownloadSession(a.project, q.Table, options...)
	if err != nil {
		return nil, err
	}
	var names []string
	if len(q.Columns) > 0 {
		if err := json.Unmarshal(q.Columns, &names); err != nil {
			return nil, err
		}
	}
	count := session.RecordCount()
	if q.Count != nil {
		count = *q.Count
	}
	if q.Format == "arrow" {
		reader, err := session.OpenRecordArrowReader(q.Start, count, names)
		if err != nil {
			return nil, err
		}
		columns, err := pick(session.Schema().Columns, names)
		if err != nil {
			return nil, err
		}
		rows, err := readArrow(reader, columns)
		return answer{"count": session.RecordCount(), "rows": rows}, err
	}
	reader, err := session.OpenRecordReader(q.Start, count, names)
	if err != nil {
		return nil, err
	}
	rows, err := readAll(reader)
	return answer{"count": session.RecordCount(), "rows": rows}, err
}

func pick(all []tableschema.Column, names []string) ([]tableschema.Column, error) {
	if len(names) == 0 {
		return all, nil
	}
	out := []tableschema.Column{}
	for _, name := range names {
		found := false
		for _, c := range all {
			if c.Name == name {
				out = append(out, c)
				found = true
			}
		}
		if !found {
			return nil, fmt.Errorf("no column %s", name)
		}
	}
	return out, nil
}

func readAll(reader *tunnel.RecordProtocReader) ([][]any, error) {
	defer reader.Close()
	rows := [][]any{}
	var failed error
	err := reader.Iterator(func(record data.Record, err error) {
		if err != nil {
			failed = err
			return
		}
		row := make([]any, record.Len())
		for i := range row {
			value, err := fromData(record.Get(i))
			if err != nil {
				failed = err
				return
			}
			row[i] = value
		}
		rows = append(rows, row)
	})
	if failed == nil {
		failed = err
	}
	return rows, failed
}

func (a *adapter) preview(q *request) (answer, error) {
	records, err := a.tunnel.Preview(a.table(q.Table), q.Partition, q.Limit)
	if err != nil {
		return nil, err
	}
	rows := [][]any{}
	for _, record := range records {
		row := make([]any, record.Len())
		for i := range row {
			if row[i], err = fromData(record.Get(i)); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return answer{"rows": rows}, nil
}

func (a *adapter) stream(q *request) (answer, error) {
	options, err := a.options(q)
	if err != nil {
		return nil, err
	}
	session, err := a.tunnel.CreateStreamUploadSession(a.project, q.Table, options...)
	if err != nil {
		return nil, err
	}
	writer := session.OpenRecordPackWriter()
	for _, rows := range q.Blocks {
		for _, row := range rows {
			record, err := toRecord(row, session.Schema().Columns)
			if err != nil {
				return nil, err
			}
			if err := writer.Append(record); err != nil {
				return nil, err
			}
		}
		if _, _, _, err := writer.Flush(); err != nil {
			return nil, err
		}
	}
	return answer{}, nil
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	a := &adapter{}
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			out.Encode(reply(a, line))
		}
		if err != nil {
			return
		}
	}
}

func reply(a *adapter, line []byte) (result answer) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = answer{"ok": false, "error": answer{"code": "Panic", "message": fmt.Sprint(panicked)}}
		}
	}()
	var q request
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{"ok": false, "error": answer{"code": "BadRequest", "message": err.Error()}}
	}
	got, err := a.handle(&q)
	if err != nil {
		code := "Error"
		var httpError restclient.HttpError
		if errors.As(err, &httpError) && httpError.ErrorMessage != nil {
			code = httpError.ErrorMessage.ErrorCode
		}
		return answer{"ok": false, "error": answer{"code": code, "message": err.Error()}}
	}
	got["ok"] = true
	return got
}

package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/aliyun/aliyun-odps-go-sdk/odps"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/account"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/data"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/datatype"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tunnel"
)

// uploadCsv sends a CSV file through encoding/csv and the SDK's record writer, as one block.
func uploadCsv(file, table string) error {
	key := account.NewAliyunAccount(os.Getenv("ODPS_ACCESS_ID"), os.Getenv("ODPS_ACCESS_KEY"))
	endpoint, project := os.Getenv("ODPS_ENDPOINT"), os.Getenv("ODPS_PROJECT")
	service := odps.NewOdps(key, endpoint)
	service.SetDefaultProjectName(project)
	session, err := tunnel.NewTunnel(service, endpoint).CreateUploadSession(project, table, tunnel.SessionCfg.Overwrite(), buffered)
	if err != nil {
		return err
	}
	source, err := os.Open(file)
	if err != nil {
		return err
	}
	defer source.Close()
	reader := csv.NewReader(source)
	reader.ReuseRecord = true
	if _, err := reader.Read(); err != nil {
		return err
	}
	writer, err := session.OpenRecordWriter(0)
	if err != nil {
		return err
	}
	columns := session.Schema().Columns
	record := data.NewRecord(len(columns))
	for {
		fields, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		for i, column := range columns {
			if record[i], err = parse(fields[i], column.Type); err != nil {
				return fmt.Errorf("column %s: %w", column.Name, err)
			}
		}
		if err := writer.Write(record); err != nil {
			return err
		}
	}
	if err := writer.Close(); err != nil {
		return err
	}
	return session.Commit([]int{0})
}

func parse(text string, kind datatype.DataType) (data.Data, error) {
	if text == "" {
		return nil, nil
	}
	switch kind.ID() {
	case datatype.BIGINT:
		n, err := strconv.ParseInt(text, 10, 64)
		return data.BigInt(n), err
	case datatype.DOUBLE:
		n, err := strconv.ParseFloat(text, 64)
		return data.Double(n), err
	case datatype.BOOLEAN:
		return data.Bool(text == "true"), nil
	case datatype.DATETIME:
		t, err := time.Parse(time.DateTime, text)
		return data.DateTime(t), err
	case datatype.DECIMAL:
		d := kind.(datatype.DecimalType)
		return data.NewDecimal(int(d.Precision), int(d.Scale), text), nil
	default:
		return data.String(text), nil
	}
}

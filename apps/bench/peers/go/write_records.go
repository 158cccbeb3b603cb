package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/aliyun/aliyun-odps-go-sdk/odps"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/account"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/data"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tunnel"
)

var cities = []string{"Hangzhou", "Beijing", "San Francisco", "München", "東京"}

type row struct {
	id, quantity            int64
	amount, ratio           float64
	user, city, note, price string
	created                 time.Time
	active                  bool
}

// writeRecords builds a record of each row and writes it. The SDK has no record writer without a session, so that what
// it writes goes to the table "synthetic" of the service in the environment.
func writeRecords(count int) error {
	rows := make([]row, count)
	for i := range rows {
		rows[i] = row{
			id: int64(i) * 7919, amount: float64(i) * 1.25, user: fmt.Sprintf("user_%d", i%1000), city: cities[i%5],
			note:    fmt.Sprintf("note for row number %d with some more text", i),
			created: time.UnixMilli(1_700_000_000_000 + int64(i)*1000), active: i%2 == 0,
			price: fmt.Sprintf("%d.50", i%10_000), quantity: int64(i % 500), ratio: math.Sqrt(float64(i)),
		}
	}
	key := account.NewAliyunAccount(os.Getenv("ODPS_ACCESS_ID"), os.Getenv("ODPS_ACCESS_KEY"))
	endpoint, project := os.Getenv("ODPS_ENDPOINT"), os.Getenv("ODPS_PROJECT")
	service := odps.NewOdps(key, endpoint)
	service.SetDefaultProjectName(project)
	session, err := tunnel.NewTunnel(service, endpoint).CreateUploadSession(project, "synthetic", buffered)
	if err != nil {
		return err
	}
	return serve(count, func(io.WriteCloser) error {
		writer, err := session.OpenRecordWriter(0)
		if err != nil {
			return err
		}
		record := data.NewRecord(10)
		for i := range rows {
			r := &rows[i]
			record[0], record[1], record[2] = data.BigInt(r.id), data.Double(r.amount), data.String(r.user)
			record[3], record[4] = data.String(r.city), data.String(r.note)
			record[5], record[6] = data.DateTime(r.created), data.Bool(r.active)
			record[7] = data.NewDecimal(10, 2, r.price)
			record[8], record[9] = data.BigInt(r.quantity), data.Double(r.ratio)
			if err := writer.Write(record); err != nil {
				return err
			}
		}
		return writer.Close()
	})
}

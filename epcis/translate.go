package epcis

import (
	"tagline/epcis/identifier"
	"tagline/gs1/epc"
)

// Translated gives the event with its identifiers spelled in a form. The event
// itself is not changed; parts that stay are shared.
func (e *Event) Translated(form identifier.Form, prefix epc.PrefixLength) *Event {
	if form == identifier.Captured {
		return e
	}
	one := func(text string) string {
		if text == "" {
			return ""
		}
		return identifier.Translate(text, form, prefix)
	}
	list := func(in []string) []string {
		if in == nil {
			return nil
		}
		out := make([]string, len(in))
		for i, text := range in {
			out[i] = one(text)
		}
		return out
	}
	quantities := func(in []Quantity) []Quantity {
		if in == nil {
			return nil
		}
		out := make([]Quantity, len(in))
		for i, q := range in {
			q.EPCClass = one(q.EPCClass)
			out[i] = q
		}
		return out
	}
	place := func(p *Place) *Place {
		if p == nil {
			return nil
		}
		out := *p
		out.ID = one(p.ID)
		return &out
	}
	parties := func(in []Party) []Party {
		if in == nil {
			return nil
		}
		out := make([]Party, len(in))
		for i, p := range in {
			p.ID = one(p.ID)
			out[i] = p
		}
		return out
	}
	t := *e
	t.EPCList, t.ChildEPCs, t.InputEPCList, t.OutputEPCList = list(e.EPCList), list(e.ChildEPCs), list(e.InputEPCList), list(e.OutputEPCList)
	t.ParentID = one(e.ParentID)
	t.QuantityList, t.ChildQuantityList = quantities(e.QuantityList), quantities(e.ChildQuantityList)
	t.InputQuantityList, t.OutputQuantityList = quantities(e.InputQuantityList), quantities(e.OutputQuantityList)
	t.ReadPoint, t.BizLocation = place(e.ReadPoint), place(e.BizLocation)
	t.SourceList, t.DestinationList = parties(e.SourceList), parties(e.DestinationList)
	if e.BizTransactionList != nil {
		t.BizTransactionList = make([]BizTransaction, len(e.BizTransactionList))
		for i, b := range e.BizTransactionList {
			b.ID = one(b.ID)
			t.BizTransactionList[i] = b
		}
	}
	if e.SensorElementList != nil {
		t.SensorElementList = make([]SensorElement, len(e.SensorElementList))
		for i, s := range e.SensorElementList {
			if s.Metadata != nil {
				m := *s.Metadata
				m.DeviceID = one(m.DeviceID)
				s.Metadata = &m
			}
			reports := make([]SensorReport, len(s.Reports))
			for j, r := range s.Reports {
				r.DeviceID = one(r.DeviceID)
				reports[j] = r
			}
			s.Reports = reports
			t.SensorElementList[i] = s
		}
	}
	return &t
}

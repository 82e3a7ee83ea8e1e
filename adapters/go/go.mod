module metadatamerge

go 1.19

USE shop;
GO
CREATE TABLE [dbo].[t new] (id INT);
CREATE TABLE #work (id INT);
INSERT INTO #work (id) VALUES (1);
DECLARE @t TABLE (id INT);
INSERT INTO @t (id) VALUES (1);
ALTER TABLE dbo.t ADD a INT NULL, b INT NOT NULL CONSTRAINT df_b DEFAULT 0, c INT DEFAULT 1;
ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT ck CHECK (a > 0);
CREATE NONCLUSTERED INDEX i ON dbo.t (a);
EXEC sp_rename 'dbo.t.x', 'y', 'COLUMN';
EXEC dbo.do_something 1;
EXEC msdb.dbo.sp_send_dbmail @profile_name = 'x';
SELECT * INTO dbo.t_copy FROM dbo.t;
UPDATE dbo.t SET x = 1 WHERE id = 3;
DROP TABLE dbo.gone;
IF NOT EXISTS (SELECT 1 FROM dbo.t) INSERT INTO dbo.t (id) VALUES (1);
GO
